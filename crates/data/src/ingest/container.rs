//! What a file is, by its first bytes and never by its name.

/// A file that is not delimited text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Other {
    what: &'static str,
    advice: &'static str,
}

impl Other {
    /// A sentence for the person who uploaded `name`.
    pub(crate) fn message(self, name: &str) -> String {
        format!("“{name}” is {}, which cannot be read yet: {}.", self.what, self.advice)
    }
}

const UNPACK: &str = "unpack it and upload the table in it as CSV";
const CSV: &str = "save the table as CSV and upload that";

/// Recognises `head`, the first bytes of a file; none when it may be text.
pub(crate) fn recognise(head: &[u8]) -> Option<Other> {
    const MAGIC: [(&[u8], &str, &str); 21] = [
        (b"\x1f\x8b", "a gzip file", UNPACK),
        (b"\x28\xb5\x2f\xfd", "a zstd file", UNPACK),
        (b"BZh", "a bzip2 file", UNPACK),
        (b"\xfd7zXZ\0", "an xz file", UNPACK),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK),
        (b"Rar!\x1a\x07", "a RAR archive", UNPACK),
        (b"PAR1", "a Parquet file", CSV),
        (b"ARROW1", "an Arrow file", CSV),
        (b"\xff\xff\xff\xff", "an Arrow stream", CSV),
        (b"FEA1", "a Feather file", CSV),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Office file", CSV),
        (b"SQLite format 3\0", "an SQLite database", "export the table as CSV and upload that"),
        (b"Obj\x01", "an Avro file", CSV),
        (b"ORC", "an ORC file", CSV),
        (b"\x89HDF\r\n\x1a\n", "an HDF5 file", CSV),
        (b"\x93NUMPY", "a NumPy file", CSV),
        (b"%PDF-", "a PDF document", "copy its table into a spreadsheet and save that as CSV"),
        (b"\x89PNG\r\n\x1a\n", "a PNG image", "upload a table"),
        (b"\xff\xd8\xff", "a JPEG image", "upload a table"),
        (b"\x7fELF", "a program", "upload a table"),
        (b"<?xml", "an XML document", CSV),
    ];
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Some(zip(head));
    }
    if let Some((_, what, advice)) = MAGIC.iter().find(|(magic, ..)| head.starts_with(magic)) {
        return Some(Other { what, advice });
    }
    json(head)
}

fn zip(head: &[u8]) -> Other {
    let has = |name: &[u8]| memchr::memmem::find(head, name).is_some();
    if has(b"[Content_Types].xml") || has(b"xl/") {
        Other { what: "an Excel workbook", advice: CSV }
    } else if has(b"mimetypeapplication/vnd.oasis") {
        Other { what: "an OpenDocument file", advice: CSV }
    } else {
        Other { what: "a zip archive", advice: UNPACK }
    }
}

/// JSON begins with a bracket and then with what can follow one.
fn json(head: &[u8]) -> Option<Other> {
    let rest = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let (first, rest) = rest.split_first()?;
    let next = rest.trim_ascii_start().first();
    let json = match first {
        b'{' => matches!(next, Some(b'"' | b'}')),
        b'[' => matches!(next, Some(b'{' | b'[' | b']')),
        _ => false,
    };
    json.then_some(Other { what: "JSON", advice: CSV })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_bytes() {
        let say = |head: &[u8]| recognise(head).map(|other| other.message("t.csv"));
        assert_eq!(
            say(b"PAR1\x15\x04").unwrap(),
            "“t.csv” is a Parquet file, which cannot be read yet: save the table as CSV and \
             upload that."
        );
        assert!(say(b"PK\x03\x04..[Content_Types].xml").unwrap().contains("Excel workbook"));
        assert!(say(b" [\n {\"a\": 1}]").unwrap().contains("JSON"));
        for text in [&b"a,b\n1,2"[..], b"", b"[x],y", b"{x},y", b"ID,PK\n"] {
            assert_eq!(recognise(text), None);
        }
    }
}
