//! Reading an object.

use crate::Error;
use bytes::Bytes;
use futures_util::Stream;
use std::io::{self, SeekFrom};
use std::ops::{Bound, Range, RangeBounds};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncSeekExt as _, ReadBuf, Take};
use tokio_util::io::ReaderStream;

/// The size of the pieces of a stream, in bytes.
const PIECE: usize = 256 << 10;

/// An object, or a range of one, to be read once from its beginning.
#[derive(Debug)]
pub struct Reader {
    file: Take<tokio::fs::File>,
    size: u64,
    range: Range<u64>,
}

impl Reader {
    pub(crate) async fn new(
        mut file: tokio::fs::File,
        size: u64,
        range: Range<u64>,
    ) -> io::Result<Self> {
        if range.start > 0 {
            file.seek(SeekFrom::Start(range.start)).await?;
        }
        Ok(Self { file: file.take(range.end - range.start), size, range })
    }

    /// Of the whole object, in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The bytes of the object that this reads: what was asked for, cut at the end.
    pub fn range(&self) -> Range<u64> {
        self.range.clone()
    }

    /// The bytes in pieces of at most 256 KiB.
    pub fn into_stream(self) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        ReaderStream::with_capacity(self, PIECE)
    }
}

impl AsyncRead for Reader {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.file).poll_read(cx, buf)
    }
}

/// The asked range within an object of `size` bytes. What lies behind the end is cut off; an
/// empty range at the very end is fine, and so is the whole of an empty object.
pub(crate) fn within(asked: &impl RangeBounds<u64>, size: u64) -> Result<Range<u64>, Error> {
    let start = match asked.start_bound() {
        Bound::Included(&start) => start,
        Bound::Excluded(&before) => before.saturating_add(1),
        Bound::Unbounded => 0,
    };
    let end = match asked.end_bound() {
        Bound::Included(&last) => last.saturating_add(1),
        Bound::Excluded(&end) => end,
        Bound::Unbounded => size,
    };
    if start > size {
        return Err(Error::Range { size });
    }
    Ok(start..end.clamp(start, size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_cut_at_the_end_and_refused_behind_it() {
        assert_eq!(within(&(..), 0).unwrap(), 0..0);
        assert_eq!(within(&(2..), 5).unwrap(), 2..5);
        assert_eq!(within(&(2..=3), 5).unwrap(), 2..4);
        assert_eq!(within(&(0..=u64::MAX), 5).unwrap(), 0..5);
        assert_eq!(within(&(5..), 5).unwrap(), 5..5);
        let backwards = (Bound::Included(4), Bound::Excluded(2));
        assert_eq!(within(&backwards, 5).unwrap(), 4..4);
        assert!(matches!(within(&(6..), 5), Err(Error::Range { size: 5 })));
    }
}
