//! Files as answers: never shown by the browser in our name, in ranges where they are stored so.

use super::Rejection;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use mlhub_domain::digest::Digest;
use mlhub_hub::{Error, Hub};
use std::ops::RangeInclusive;

/// An object as a file.
pub struct Stored<'a> {
    /// The object.
    pub sha256: &'a Digest,
    /// How many bytes it has.
    pub size: u64,
    /// What to call the file.
    pub name: &'a str,
    /// What it is.
    pub media: &'static str,
}

/// The headers of a file to be saved. Whatever it holds, a browser that shows it all the same
/// does so without our origin.
pub fn attachment(name: &str, media: &'static str) -> HeaderMap {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !"\"\\%/;".contains(c) { c } else { '_' })
        .collect();
    let full = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{full}");
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(disposition) = HeaderValue::try_from(disposition) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    headers
}

/// An object, or the range of it that the request asks for.
///
/// # Errors
/// `Internal` when the object cannot be read.
pub async fn stored(
    hub: &Hub,
    file: &Stored<'_>,
    request: &HeaderMap,
) -> Result<Response, Rejection> {
    let mut headers = attachment(file.name, file.media);
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    let tag = format!("\"{}\"", file.sha256);
    // Versions never change: whoever has these bytes has them for good. But who may have them can
    // change, so they are asked for each time.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    let text = |name| request.get(name).and_then(|value| value.to_str().ok());
    if text(header::IF_NONE_MATCH).is_some_and(|known| known.contains(&tag)) {
        set(&mut headers, header::ETAG, &tag);
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let whole = text(header::IF_RANGE).is_some_and(|known| known != tag);
    set(&mut headers, header::ETAG, &tag);
    let asked = text(header::RANGE).filter(|_| !whole).map(|range| parse(range, file.size));
    let (status, range) = match asked {
        None | Some(Asked::Whole) => (StatusCode::OK, 0..=file.size.saturating_sub(1)),
        Some(Asked::Part(range)) => {
            let of = format!("bytes {}-{}/{}", range.start(), range.end(), file.size);
            set(&mut headers, header::CONTENT_RANGE, &of);
            (StatusCode::PARTIAL_CONTENT, range)
        }
        Some(Asked::Nothing) => {
            set(&mut headers, header::CONTENT_RANGE, &format!("bytes */{}", file.size));
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, headers).into_response());
        }
    };
    let reader = hub.objects().open_read(file.sha256, range).await.map_err(Error::internal)?;
    let part = reader.range();
    headers.insert(header::CONTENT_LENGTH, (part.end - part.start).into());
    Ok((status, headers, Body::from_stream(reader.into_stream())).into_response())
}

fn set(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// What a `Range` asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Asked {
    /// All of it: also when the header is not understood, or asks for several parts.
    Whole,
    /// These bytes.
    Part(RangeInclusive<u64>),
    /// Bytes that are not there.
    Nothing,
}

/// Reads the `Range` header of a request for `size` bytes.
pub fn parse(range: &str, size: u64) -> Asked {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|r| r.split_once('-')) else {
        return Asked::Whole;
    };
    let end = size.saturating_sub(1);
    let part = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..=last.min(end),
        (Ok(first), Err(_)) if last.is_empty() => first..=end,
        (Err(_), Ok(last)) if first.is_empty() && last > 0 => size.saturating_sub(last)..=end,
        _ => return Asked::Whole,
    };
    if *part.start() >= size { Asked::Nothing } else { Asked::Part(part) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_as_http_has_it() {
        for (text, asked) in [
            ("bytes=0-4", Asked::Part(0..=4)),
            ("bytes=5-", Asked::Part(5..=9)),
            ("bytes=-3", Asked::Part(7..=9)),
            ("bytes=-30", Asked::Part(0..=9)),
            ("bytes=8-100", Asked::Part(8..=9)),
            ("bytes=10-", Asked::Nothing),
            ("bytes=4-2", Asked::Whole),
            ("bytes=0-1,3-4", Asked::Whole),
            ("rows=0-1", Asked::Whole),
        ] {
            assert_eq!(parse(text, 10), asked, "{text}");
        }
        assert_eq!(parse("bytes=0-", 0), Asked::Nothing);
    }

    #[test]
    fn a_file_name_cannot_break_out_of_its_header() {
        let headers = attachment("a\"; filename=\"evil.html\r\nX: y ü.csv", "text/csv");
        let text = headers[header::CONTENT_DISPOSITION].to_str().unwrap();
        assert_eq!(text.matches('"').count(), 2);
        assert!(text.ends_with("%20%C3%BC%2Ecsv"), "{text}");
        assert_eq!(headers[header::CONTENT_SECURITY_POLICY], "sandbox");
    }
}
