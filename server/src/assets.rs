//! The files inside the binary: scripts, wasm, styles, fonts, icons.
//!
//! `cargo xtask build` has hashed their names and put a brotli and a gzip twin beside each that
//! gains by it; `assets.json` says where the file lies that a page asks for by its logical name.
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use rust_embed::RustEmbed;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "$MLHUB_SITE"]
struct Site;

/// One embedded file.
struct File {
    data: Cow<'static, [u8]>,
    sha256: [u8; 32],
}

impl File {
    fn find(path: &str) -> Option<Self> {
        let file = Site::get(path)?;
        Some(Self { sha256: file.metadata.sha256_hash(), data: file.data })
    }

    /// Ten hexadecimal digits that change with the content.
    fn digest(&self) -> String {
        hex::encode(&self.sha256[..5])
    }

    fn into_bytes(self) -> Bytes {
        match self.data {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => Bytes::from(bytes),
        }
    }
}

/// The routes that [`router`] answers; everyone may read them.
pub const ROUTES: [&str; 4] =
    ["/assets/{*path}", "/favicon.svg", "/manifest.webmanifest", "/robots.txt"];

/// Serves every embedded file. Answers GET and HEAD.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    ROUTES.iter().fold(Router::new(), |router, route| router.route(route, get(serve)))
}

/// The address of the file that pages call `logical`, such as `mlhub.css` or
/// `fonts/atkinson-next.woff2`. Starts with `/`.
pub fn asset(logical: &str) -> String {
    match MANIFEST.get(logical) {
        Some(path) => format!("/{path}"),
        None => format!("/assets/{logical}"),
    }
}

/// All files that pages can ask for: logical name and address.
pub fn addresses() -> impl Iterator<Item = (String, String)> {
    MANIFEST.iter().map(|(name, path)| (name.clone(), format!("/{path}")))
}

/// Names this build of the pages: ten hexadecimal digits that change with any asset. A tab with
/// another one is older than the server.
pub fn build() -> &'static str {
    static BUILD: LazyLock<String> = LazyLock::new(|| {
        File::find("assets.json").map_or_else(|| "0".repeat(10), |file| file.digest())
    });
    &BUILD
}

static MANIFEST: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct Asset {
        path: String,
    }
    let Some(file) = File::find("assets.json") else {
        tracing::warn!("this binary holds no pages: build it with `cargo xtask build`");
        return BTreeMap::new();
    };
    let assets: BTreeMap<String, Asset> =
        serde_json::from_slice(&file.data).expect("cargo xtask build writes assets.json");
    assets.into_iter().map(|(name, asset)| (name, asset.path)).collect()
});

async fn serve(request: Request) -> Response {
    answer(File::find, request.method(), request.uri().path(), request.headers())
}

/// How a body may travel; the better one first.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    const ALL: [Self; 3] = [Self::Brotli, Self::Gzip, Self::Identity];

    /// Its name in `Accept-Encoding` and `Content-Encoding`.
    fn token(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
            Self::Identity => "identity",
        }
    }

    /// What it adds to the name of a file.
    fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
            Self::Identity => "",
        }
    }
}

fn answer(
    files: impl Fn(&str) -> Option<File>,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
) -> Response {
    let path = path.trim_start_matches('/');
    let twin = path.ends_with(".br") || path.ends_with(".gz");
    let Some(plain) = (!twin).then(|| files(path)).flatten() else {
        let text = "There is no such file in this version of ML Hub.\n";
        return (StatusCode::NOT_FOUND, [(CACHE_CONTROL, "no-store")], text).into_response();
    };
    let (encoding, file) = Encoding::ALL
        .into_iter()
        .filter_map(|encoding| Some((encoding, files(&format!("{path}{}", encoding.suffix()))?)))
        .map(|(encoding, file)| (quality(headers, encoding), encoding, file))
        .filter(|(quality, ..)| *quality > 0)
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map_or((Encoding::Identity, plain), |(_, encoding, file)| (encoding, file));
    let tag = format!("\"{}{}\"", file.digest(), encoding.suffix());
    let unchanged = holds(headers, &tag);
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let length = HeaderValue::from(file.data.len());
        let body =
            if method == Method::HEAD { Body::empty() } else { Body::from(file.into_bytes()) };
        let mut response = Response::new(body);
        let head = response.headers_mut();
        head.insert(CONTENT_LENGTH, length);
        head.insert(CONTENT_TYPE, HeaderValue::from_static(content_type(path)));
        head.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if encoding != Encoding::Identity {
            head.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding.token()));
        }
        response
    };
    let hashed = path.starts_with("assets/");
    let keep = if hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    let head = response.headers_mut();
    head.insert(CACHE_CONTROL, HeaderValue::from_static(keep));
    head.insert(VARY, HeaderValue::from_static("accept-encoding"));
    head.insert(ETAG, HeaderValue::from_str(&tag).expect("a tag is hexadecimal"));
    response
}

/// How much the client wants `encoding`, in thousandths; 0 when it refuses it.
fn quality(headers: &HeaderMap, encoding: Encoding) -> u16 {
    let mut any = None;
    let wishes = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    for wish in wishes.flat_map(|value| value.split(',')) {
        let mut parts = wish.split(';').map(str::trim);
        let token = parts.next().unwrap_or_default();
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(1000, thousandths);
        if token.eq_ignore_ascii_case(encoding.token()) {
            return weight;
        } else if token == "*" {
            any = Some(weight);
        }
    }
    // Unless it is refused, plain bytes are always acceptable, and the last choice.
    any.unwrap_or(u16::from(encoding == Encoding::Identity))
}

/// `0.25` as 250; what is no number between 0 and 1 refuses.
fn thousandths(text: &str) -> u16 {
    let value = text.trim().parse::<f32>().unwrap_or(0.0);
    (value.clamp(0.0, 1.0) * 1000.0) as u16
}

/// Whether the client says that it has `tag` already.
fn holds(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known
        .flat_map(|value| value.split(','))
        .map(|known| known.trim().trim_start_matches("W/"))
        .any(|known| known == tag || known == "*")
}

/// `application/wasm` matters: with another type a browser does not compile while it loads.
fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "wasm" => "application/wasm",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        "png" => "image/png",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    const SCRIPT: &str = "/assets/mlhub.0123456789.js";

    fn files(path: &str) -> Option<File> {
        let (data, first): (&'static [u8], u8) = match path {
            "assets/mlhub.0123456789.js" => (b"let plain = 1;", 1),
            "assets/mlhub.0123456789.js.br" => (b"brotli", 2),
            "assets/mlhub.0123456789.js.gz" => (b"gzip", 3),
            "robots.txt" => (b"User-agent: *", 4),
            _ => return None,
        };
        Some(File { data: Cow::Borrowed(data), sha256: [first; 32] })
    }

    fn ask(path: &str, headers: &[(axum::http::HeaderName, &str)]) -> Response {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
            .collect();
        answer(files, &Method::GET, path, &headers)
    }

    async fn text(response: Response) -> String {
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn header(response: &Response, name: axum::http::HeaderName) -> &str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[tokio::test]
    async fn the_client_gets_the_encoding_it_likes_best() {
        for (accepted, body) in [
            ("gzip, deflate, br, zstd", "brotli"),
            ("br;q=0.5, gzip;q=0.8", "gzip"),
            ("br;q=0, gzip", "gzip"),
            ("*", "brotli"),
            ("*;q=0.5, br;q=0", "gzip"),
            ("identity", "let plain = 1;"),
            ("deflate", "let plain = 1;"),
            ("br;q=nonsense", "let plain = 1;"),
            ("", "let plain = 1;"),
        ] {
            let response = ask(SCRIPT, &[(ACCEPT_ENCODING, accepted)]);
            assert_eq!(header(&response, CONTENT_TYPE), "text/javascript; charset=utf-8");
            assert_eq!(header(&response, VARY), "accept-encoding");
            assert_eq!(text(response).await, body, "{accepted}");
        }
    }

    #[tokio::test]
    async fn a_client_that_refuses_everything_still_gets_plain_bytes() {
        let response = ask(SCRIPT, &[(ACCEPT_ENCODING, "*;q=0")]);
        assert_eq!(header(&response, CONTENT_ENCODING), "");
        assert_eq!(text(response).await, "let plain = 1;");
    }

    #[test]
    fn hashed_names_are_kept_for_ever_and_known_names_are_asked_again() {
        let immutable = "public, max-age=31536000, immutable";
        assert_eq!(header(&ask(SCRIPT, &[]), CACHE_CONTROL), immutable);
        assert_eq!(header(&ask("/robots.txt", &[]), CACHE_CONTROL), "no-cache");
    }

    #[tokio::test]
    async fn a_known_tag_is_answered_without_a_body_and_only_for_its_encoding() {
        let first = ask(SCRIPT, &[(ACCEPT_ENCODING, "br")]);
        let tag = header(&first, ETAG).to_owned();
        let weak = format!("\"x\", W/{tag}");
        let again = ask(SCRIPT, &[(ACCEPT_ENCODING, "br"), (IF_NONE_MATCH, &weak)]);
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(header(&again, ETAG), tag);
        assert_eq!(text(again).await, "");
        let plain = ask(SCRIPT, &[(IF_NONE_MATCH, &tag)]);
        assert_eq!(plain.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn head_says_the_length_and_sends_nothing() {
        let response = answer(files, &Method::HEAD, "/robots.txt", &HeaderMap::new());
        assert_eq!(header(&response, CONTENT_LENGTH), "13");
        assert_eq!(text(response).await, "");
    }

    #[tokio::test]
    async fn what_is_not_there_is_a_404_in_plain_text() {
        for path in ["/assets/gone.js", "/assets/mlhub.0123456789.js.br", "/assets/../robots.txt"] {
            let response = ask(path, &[]);
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
            assert_eq!(header(&response, CONTENT_TYPE), "text/plain; charset=utf-8");
        }
    }

    #[test]
    fn every_file_of_the_manifest_is_in_the_binary() {
        for path in MANIFEST.values() {
            assert!(File::find(path).is_some(), "{path}");
        }
        assert_eq!(asset("nothing.css"), "/assets/nothing.css");
        assert_eq!(build().len(), 10);
    }
}
