//! The object store, on a real disk.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _};
use mlhub_domain::digest::Digest;
use mlhub_objects::{Error, Store, Stored};
use proptest::prelude::*;
use sha2::Digest as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};
use tokio::io::AsyncReadExt as _;

const NO_LIMIT: u64 = u64::MAX;

/// A store in a folder that goes with the test.
struct Scratch {
    temp: tempfile::TempDir,
    store: Store,
}

impl Scratch {
    async fn new() -> Self {
        let temp = tempfile::tempdir().unwrap();
        let store = Store::open(&temp.path().join("objects")).await.unwrap();
        Self { temp, store }
    }

    fn unfinished(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.temp.path().join("objects/tmp")).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    async fn names(&self) -> Vec<Digest> {
        self.store.list().map_ok(|entry| entry.sha256).try_collect().await.unwrap()
    }

    async fn bytes(&self, sha256: &Digest) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut reader = self.store.open_read(sha256, ..).await.unwrap();
        reader.read_to_end(&mut bytes).await.unwrap();
        bytes
    }
}

fn sha256(bytes: &[u8]) -> Digest {
    Digest::of_bytes32(sha2::Sha256::digest(bytes).into())
}

/// Bytes that no shift or swap leaves equal.
fn sample(length: usize) -> Vec<u8> {
    (0..length as u64).map(|i| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect()
}

#[tokio::test]
async fn what_was_written_is_read_under_the_hash_of_its_bytes() {
    let scratch = Scratch::new().await;
    // SHA-256 of "abc", from FIPS 180-2.
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let stored = scratch.store.put(Bytes::from_static(b"abc")).await.unwrap();
    assert_eq!(stored, Stored { sha256: abc.parse().unwrap(), size: 3 });
    assert_eq!(scratch.bytes(&stored.sha256).await, b"abc");
    assert_eq!(scratch.store.size(&stored.sha256).await.unwrap(), 3);

    let path = scratch.store.local_path(&stored.sha256).unwrap();
    assert!(path.ends_with(format!("blobs/ba/78/{abc}")), "{}", path.display());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o400);
    assert_eq!(scratch.unfinished(), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn the_empty_object_is_an_object() {
    let scratch = Scratch::new().await;
    let stored = scratch.store.begin(0).await.unwrap().finish().await.unwrap();
    assert_eq!(stored, Stored { sha256: sha256(b""), size: 0 });
    assert_eq!(scratch.bytes(&stored.sha256).await, b"");
}

#[tokio::test]
async fn the_same_bytes_twice_are_one_object_and_young_again() {
    let scratch = Scratch::new().await;
    let first = scratch.store.put(Bytes::from_static(b"same")).await.unwrap();
    let path = scratch.store.local_path(&first.sha256).unwrap();
    let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    fs::File::open(&path).unwrap().set_modified(old).unwrap();

    let second = scratch.store.put(Bytes::from_static(b"same")).await.unwrap();
    assert_eq!(first, second);
    let entries: Vec<_> = scratch.store.list().try_collect().await.unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!((entries[0].size, &entries[0].sha256), (4, &first.sha256));
    assert!(entries[0].stored_at > old);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_of_the_same_bytes_at_once_all_succeed_with_one_object() {
    let scratch = Scratch::new().await;
    let bytes = Bytes::from(sample(3 << 20));
    let writes = (0..16).map(|_| {
        let (store, bytes) = (scratch.store.clone(), bytes.clone());
        tokio::spawn(async move { store.put(bytes).await.unwrap().sha256 })
    });
    let expected = sha256(&bytes);
    for written in futures_util::future::join_all(writes).await {
        assert_eq!(written.unwrap(), expected);
    }
    assert_eq!(scratch.names().await, std::slice::from_ref(&expected));
    assert_eq!(scratch.bytes(&expected).await, bytes);
    assert!(scratch.unfinished().is_empty());
}

#[tokio::test]
async fn a_dropped_writer_leaves_nothing() {
    let scratch = Scratch::new().await;
    let mut writer = scratch.store.begin(NO_LIMIT).await.unwrap();
    writer.write(Bytes::from(sample(2 << 20))).await.unwrap();
    assert_eq!(scratch.unfinished().len(), 1);
    drop(writer);
    assert!(scratch.unfinished().is_empty());
    assert!(scratch.names().await.is_empty());
}

#[tokio::test]
async fn one_byte_more_than_the_limit_is_too_large_and_the_limit_itself_is_not() {
    let scratch = Scratch::new().await;
    let mut exact = scratch.store.begin(4).await.unwrap();
    exact.write(Bytes::from_static(b"ab")).await.unwrap();
    exact.write(Bytes::from_static(b"cd")).await.unwrap();
    assert_eq!(exact.size(), 4);

    let error = exact.write(Bytes::from_static(b"e")).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 4 }), "{error}");
    assert!(scratch.unfinished().is_empty(), "the space is free at once");
    assert!(matches!(exact.write(Bytes::new()).await, Err(Error::Interrupted)));
    assert!(matches!(exact.finish().await, Err(Error::Interrupted)));

    let mut whole = scratch.store.begin(4).await.unwrap();
    whole.write(Bytes::from_static(b"abcd")).await.unwrap();
    assert_eq!(whole.finish().await.unwrap().size, 4);
}

#[tokio::test]
async fn what_is_missing_is_said_to_be_missing() {
    let scratch = Scratch::new().await;
    let nothing = sha256(b"never stored");
    assert!(!scratch.store.contains(&nothing).await.unwrap());
    assert!(!scratch.store.delete(&nothing).await.unwrap());
    let read = scratch.store.open_read(&nothing, ..).await.unwrap_err();
    assert!(matches!(&read, Error::Missing(digest) if *digest == nothing), "{read}");
    assert!(matches!(scratch.store.size(&nothing).await, Err(Error::Missing(_))));
}

#[tokio::test]
async fn a_deleted_object_is_gone_but_whoever_reads_it_reads_on() {
    let scratch = Scratch::new().await;
    let bytes = sample(1 << 20);
    let stored = scratch.store.put(Bytes::from(bytes.clone())).await.unwrap();
    let mut reader = scratch.store.open_read(&stored.sha256, ..).await.unwrap();
    assert!(scratch.store.delete(&stored.sha256).await.unwrap());
    assert!(!scratch.store.contains(&stored.sha256).await.unwrap());

    let mut read = Vec::new();
    reader.read_to_end(&mut read).await.unwrap();
    assert!(read == bytes);
}

#[tokio::test]
async fn a_crash_before_the_rename_leaves_a_file_that_the_sweep_takes_and_the_writer_repeats() {
    let scratch = Scratch::new().await;
    // What a process leaves that dies between the sync of its file and the rename.
    let left = scratch.temp.path().join("objects/tmp/4711-1-0");
    fs::write(&left, b"whole").unwrap();
    assert!(!scratch.store.contains(&sha256(b"whole")).await.unwrap());

    assert_eq!(scratch.store.sweep_temp(Duration::from_secs(3600)).await.unwrap(), 0);
    assert!(left.exists(), "it is too young");
    assert_eq!(scratch.store.sweep_temp(Duration::ZERO).await.unwrap(), 1);
    assert!(scratch.unfinished().is_empty());
    let again = scratch.store.put(Bytes::from_static(b"whole")).await.unwrap();
    assert_eq!(scratch.names().await, [again.sha256]);
}

#[tokio::test]
async fn the_sweep_spares_what_a_living_writer_holds_and_all_objects() {
    let scratch = Scratch::new().await;
    let stored = scratch.store.put(Bytes::from_static(b"kept")).await.unwrap();
    let mut writer = scratch.store.begin(NO_LIMIT).await.unwrap();
    writer.write(Bytes::from_static(b"in the making")).await.unwrap();

    assert_eq!(scratch.store.sweep_temp(Duration::ZERO).await.unwrap(), 0);
    let made = writer.finish().await.unwrap();
    assert_eq!(scratch.bytes(&made.sha256).await, b"in the making");
    assert_eq!(scratch.bytes(&stored.sha256).await, b"kept");
}

#[tokio::test]
async fn a_finished_file_is_moved_in_and_a_link_or_folder_is_not() {
    let scratch = Scratch::new().await;
    let (file, link) = (scratch.temp.path().join("file"), scratch.temp.path().join("link"));
    let bytes = sample(1_500_000);
    fs::write(&file, &bytes).unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    for not_a_file in [&link, scratch.temp.path(), &scratch.temp.path().join("missing")] {
        let error = scratch.store.put_file(not_a_file).await.unwrap_err();
        assert!(matches!(error, Error::Io { .. }), "{error}");
    }

    let stored = scratch.store.put_file(&file).await.unwrap();
    assert_eq!(stored, Stored { sha256: sha256(&bytes), size: 1_500_000 });
    assert!(!file.exists());
    assert!(scratch.bytes(&stored.sha256).await == bytes);
}

#[tokio::test]
async fn the_list_is_ordered_complete_and_without_foreign_files() {
    let scratch = Scratch::new().await;
    let mut expected = Vec::new();
    for number in 0..50_u32 {
        let stored = scratch.store.put(Bytes::from(number.to_string())).await.unwrap();
        expected.push(stored.sha256);
    }
    expected.sort();
    let leaf = scratch.store.local_path(&expected[7]).unwrap();
    fs::write(leaf.with_file_name("README"), "not an object").unwrap();
    assert_eq!(scratch.names().await, expected);
}

#[tokio::test]
async fn a_store_says_whether_it_can_be_written() {
    let scratch = Scratch::new().await;
    scratch.store.writable().await.unwrap();
    assert!(scratch.unfinished().is_empty());

    fs::remove_dir(scratch.temp.path().join("objects/tmp")).unwrap();
    let said = scratch.store.writable().await.unwrap_err().to_string();
    assert!(said.starts_with("could not create ") && said.contains("objects/tmp"), "{said}");
}

#[tokio::test]
async fn a_second_opening_finds_what_the_first_stored() {
    let scratch = Scratch::new().await;
    let stored = scratch.store.put(Bytes::from_static(b"kept")).await.unwrap();
    let again = Store::open(&scratch.temp.path().join("objects")).await.unwrap();
    assert!(again.contains(&stored.sha256).await.unwrap());
}

#[tokio::test]
async fn a_range_behind_the_end_is_refused_with_the_size() {
    let scratch = Scratch::new().await;
    let stored = scratch.store.put(Bytes::from_static(b"abc")).await.unwrap();
    let error = scratch.store.open_read(&stored.sha256, 4..).await.unwrap_err();
    assert!(matches!(error, Error::Range { size: 3 }), "{error}");
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn however_the_bytes_are_cut_the_object_is_the_same(
        sizes in prop::collection::vec(prop_oneof![
            3 => 0..64_usize,
            3 => 0..100_000_usize,
            1 => (1 << 20) - 2..(1 << 20) + 2_usize,
        ], 0..40),
    ) {
        let bytes = Bytes::from(sample(sizes.iter().sum()));
        block_on(async {
            let scratch = Scratch::new().await;
            let mut writer = scratch.store.begin(bytes.len() as u64).await.unwrap();
            let mut rest = bytes.clone();
            for size in sizes {
                writer.write(rest.split_to(size)).await.unwrap();
            }
            let stored = writer.finish().await.unwrap();
            assert_eq!(stored, Stored { sha256: sha256(&bytes), size: bytes.len() as u64 });
            assert!(scratch.bytes(&stored.sha256).await == bytes);
            assert!(scratch.unfinished().is_empty());
        });
    }

    #[test]
    fn a_range_reads_exactly_what_a_slice_would(
        size in 0..600_000_usize,
        (start, end) in (0.0..=1.0_f64, 0.0..=1.2_f64),
        edge in 0..4_usize,
    ) {
        let bytes = sample(size);
        let at = |share: f64| (size as f64 * share) as usize;
        let (start, end) = match edge {
            0 => (0, at(end)),
            1 => (size, size + 1),
            2 => (size.saturating_sub(1), size),
            _ => (at(start).min(at(end)), at(end)),
        };
        block_on(async {
            let scratch = Scratch::new().await;
            let stored = scratch.store.put(Bytes::from(bytes.clone())).await.unwrap();
            let range = start as u64..end as u64;
            let reader = scratch.store.open_read(&stored.sha256, range).await.unwrap();
            let expected = &bytes[start.min(size)..end.min(size)];
            assert_eq!(reader.size(), size as u64);
            assert_eq!(reader.range(), start.min(size) as u64..end.min(size) as u64);
            let pieces: Vec<Bytes> = reader.into_stream().map(Result::unwrap).collect().await;
            assert!(pieces.concat() == expected);
        });
    }
}
