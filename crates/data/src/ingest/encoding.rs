//! Character encodings: everything becomes UTF-8 before it is read.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    BIG5, CoderResult, EUC_JP, EUC_KR, Encoding, GB18030, GBK, SHIFT_JIS, UTF_8, UTF_16BE,
    UTF_16LE, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1257,
};
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// How the bytes of a file become text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Charset {
    /// UTF-8 already, after a byte order mark of this many bytes.
    Utf8 { mark: u64 },
    /// To be decoded.
    Other { encoding: &'static Encoding, mark: u64, guessed: bool },
    /// Not text at all.
    Binary,
}

/// What the first bytes say. Without a mark, UTF-8 is assumed until a byte contradicts.
pub(crate) fn of_head(head: &[u8]) -> Charset {
    for (encoding, mark) in
        [(UTF_8, &b"\xef\xbb\xbf"[..]), (UTF_16LE, b"\xff\xfe"), (UTF_16BE, b"\xfe\xff")]
    {
        if head.starts_with(mark) {
            let mark = mark.len() as u64;
            return if encoding == UTF_8 {
                Charset::Utf8 { mark }
            } else {
                Charset::Other { encoding, mark, guessed: false }
            };
        }
    }
    let head = &head[..head.len().min(1 << 16)];
    let nuls = |parity: usize| head.iter().skip(parity).step_by(2).filter(|&&b| b == 0).count();
    let (even, odd) = (nuls(0), nuls(1));
    let half = head.len() / 2;
    if half >= 2 && odd * 10 >= half * 3 && even * 10 < odd {
        return Charset::Other { encoding: UTF_16LE, mark: 0, guessed: true };
    }
    if half >= 2 && even * 10 >= half * 3 && odd * 10 < even {
        return Charset::Other { encoding: UTF_16BE, mark: 0, guessed: true };
    }
    if (even + odd) * 1_000 > head.len() {
        return Charset::Binary;
    }
    Charset::Utf8 { mark: 0 }
}

/// The encoding of a file that is not UTF-8: UTF-8 all the same when broken bytes are rare among
/// well-formed ones, else the likeliest of the old encodings.
pub(crate) fn guess(file: &mut File) -> io::Result<&'static Encoding> {
    file.seek(SeekFrom::Start(0))?;
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let (mut good, mut bad) = (0u64, 0u64);
    let mut buffer = vec![0; 1 << 20];
    let mut kept = 0;
    loop {
        let read = file.read(&mut buffer[kept..])?;
        let chunk = &buffer[..kept + read];
        detector.feed(&chunk[kept..], read == 0);
        if read == 0 {
            bad += u64::from(kept > 0);
            break;
        }
        let rest = tally(chunk, &mut good, &mut bad);
        let from = chunk.len() - rest;
        buffer.copy_within(from..from + rest, 0);
        kept = rest;
    }
    if good > 10 * bad {
        return Ok(UTF_8);
    }
    let guess = detector.guess(None, Utf8Detection::Deny);
    let known = [
        WINDOWS_1252,
        WINDOWS_1250,
        WINDOWS_1251,
        WINDOWS_1253,
        WINDOWS_1254,
        WINDOWS_1257,
        SHIFT_JIS,
        EUC_JP,
        GB18030,
        GBK,
        BIG5,
        EUC_KR,
    ];
    Ok(if known.contains(&guess) { guess } else { WINDOWS_1252 })
}

/// Counts well-formed and broken sequences; answers how many bytes at the end are incomplete.
fn tally(mut chunk: &[u8], good: &mut u64, bad: &mut u64) -> usize {
    let sequences = |text: &[u8]| text.iter().filter(|&&byte| byte >= 0xc0).count() as u64;
    loop {
        match std::str::from_utf8(chunk) {
            Ok(text) => {
                *good += sequences(text.as_bytes());
                return 0;
            }
            Err(error) => {
                *good += sequences(&chunk[..error.valid_up_to()]);
                let rest = &chunk[error.valid_up_to()..];
                let Some(length) = error.error_len() else { return rest.len() };
                *bad += 1;
                chunk = &rest[length..];
            }
        }
    }
}

/// Writes `input`, from byte `mark` on, to `output` as UTF-8. Answers how many characters could
/// not be decoded and became U+FFFD.
pub(crate) fn transcode(
    input: &mut File,
    mark: u64,
    encoding: &'static Encoding,
    output: &Path,
) -> io::Result<u64> {
    input.seek(SeekFrom::Start(mark))?;
    let mut output = BufWriter::with_capacity(1 << 20, File::create(output)?);
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let (mut from, mut to) = (vec![0; 1 << 18], String::with_capacity(1 << 20));
    let mut replaced = 0;
    loop {
        let read = input.read(&mut from)?;
        let mut rest = &from[..read];
        loop {
            let (result, used, _) = decoder.decode_to_string(rest, &mut to, read == 0);
            rest = &rest[used..];
            replaced += to.matches('\u{fffd}').count() as u64;
            output.write_all(to.as_bytes())?;
            to.clear();
            if result == CoderResult::InputEmpty {
                break;
            }
        }
        if read == 0 {
            output.flush()?;
            return Ok(replaced);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> (String, &'static str, u64) {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        std::fs::write(&from, bytes).unwrap();
        let mut file = File::open(&from).unwrap();
        let (encoding, mark) = match of_head(bytes) {
            Charset::Other { encoding, mark, .. } => (encoding, mark),
            _ => (guess(&mut file).unwrap(), 0),
        };
        let replaced = transcode(&mut file, mark, encoding, &to).unwrap();
        (std::fs::read_to_string(to).unwrap(), encoding.name(), replaced)
    }

    #[test]
    fn utf_16_is_known_with_and_without_its_mark() {
        let text = "name,größe\nÄpfel,5\n";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decoded(&le), (text.into(), "UTF-16LE", 0));
        assert_eq!(decoded(&be), (text.into(), "UTF-16BE", 0));
        assert_eq!(decoded(&[b"\xff\xfe", &le[..]].concat()).0, text);
        assert_eq!(decoded(&[b"\xfe\xff", &be[..]].concat()).0, text);
    }

    #[test]
    fn old_encodings_are_guessed_from_their_letters() {
        let (text, name, _) = decoded(b"name,stadt\nM\xfcller,K\xf6ln\nJ\xe4ger,M\xfcnchen\n");
        assert_eq!((text.lines().nth(1), name), (Some("Müller,Köln"), "windows-1252"));
        let russian = "имя,город\nИван,Москва\nОльга,Новосибирск\n";
        let (bytes, ..) = WINDOWS_1251.encode(russian);
        assert_eq!(decoded(&bytes), (russian.into(), "windows-1251", 0));
    }

    #[test]
    fn a_broken_byte_among_much_utf_8_does_not_spoil_the_rest() {
        let mut bytes = "größe,ä\n".repeat(20).into_bytes();
        bytes.extend_from_slice(b"x\xff,1\n");
        let (text, name, replaced) = decoded(&bytes);
        assert_eq!((name, replaced), ("UTF-8", 1));
        assert!(text.ends_with("x\u{fffd},1\n") && text.starts_with("größe,ä"));
    }

    #[test]
    fn binary_files_are_known() {
        let bytes: Vec<u8> = (0..5_000u32).map(|i| (i * 7 % 256) as u8).collect();
        assert_eq!(of_head(&bytes), Charset::Binary);
        assert_eq!(of_head(b"a,b\n1,2\n"), Charset::Utf8 { mark: 0 });
    }
}
