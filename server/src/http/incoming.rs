//! Files on their way in: handed on while they arrive, as the plain body or in a form.
//!
//! The fields of a form before its file are short, and soon there. So whoever sends one that never
//! comes to its file is refused, and what is kept of it meanwhile has an end.

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::multipart::Field;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use mlhub_domain::problem::Code;
use mlhub_hub::Error;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// The most bytes of a form before its file.
const BEFORE: usize = 256 << 10;

/// The longest that they may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a client sends, with words for when it stops.
pub fn received<E>(
    bytes: impl Stream<Item = Result<Bytes, E>>,
) -> impl Stream<Item = Result<Bytes, Error>> {
    bytes.map_err(|_| broken_off())
}

fn broken_off() -> Error {
    Error::new(Code::Malformed, "The upload broke off before it was complete. Send it again.")
}

/// A form that brings a file, on its way in.
pub struct IncomingForm {
    form: Multipart,
    gate: Arc<Gate>,
    until: Instant,
}

/// A field of such a form.
pub enum Part<'a> {
    /// Any field but the file: its name and its text.
    Text(String, String),
    /// The field `file`: what the client calls the file, and its bytes.
    File(String, Box<Field<'a>>),
}

impl IncomingForm {
    /// The form of a request, of which nothing is read yet.
    ///
    /// # Errors
    /// `Malformed` when the request does not say where the fields of its form end.
    pub async fn open(request: Request) -> Result<Self, Error> {
        let gate = Arc::new(Gate::default());
        let guarded = |body: Body| {
            let body = body.into_data_stream();
            Body::from_stream(Guarded { body, gate: Arc::clone(&gate), handed: false })
        };
        let mut request = request.map(guarded);
        // The upload counts its own bytes.
        DefaultBodyLimit::disable().apply(&mut request);
        let form = Multipart::from_request(request, &()).await.map_err(|_| no_boundary())?;
        Ok(Self { form, gate, until: Instant::now() + PATIENCE })
    }

    /// The next field.
    ///
    /// # Errors
    /// `InvalidValue` on `file` when the form ends without one; `TooLarge` when too much stands
    /// before it; `Malformed` when the form breaks off.
    pub async fn next(&mut self) -> Result<Part<'_>, Error> {
        let Self { form, gate, until } = self;
        timeout_at(*until, part(form, gate)).await.map_err(|_| broken_off())?
    }

    /// Reads what is left, whatever it is, as far as `most` bytes: a browser that is sending does not
    /// see an answer.
    pub async fn read_on(&mut self, most: usize) {
        self.gate.open();
        let mut left = most;
        while let Ok(Some(mut field)) = self.form.next_field().await {
            while let Ok(Some(piece)) = field.chunk().await {
                match left.checked_sub(piece.len()) {
                    Some(rest) => left = rest,
                    None => return,
                }
            }
        }
    }
}

async fn part<'a>(form: &'a mut Multipart, gate: &Gate) -> Result<Part<'a>, Error> {
    let field = form.next_field().await.map_err(|_| gate.why())?.ok_or_else(no_file)?;
    gate.went_on();
    let name = field.name().unwrap_or_default().to_owned();
    if name == "file" {
        gate.open();
        let name = field.file_name().unwrap_or_default().to_owned();
        return Ok(Part::File(name, Box::new(field)));
    }
    Ok(Part::Text(name, text(field, gate).await?))
}

async fn text(mut field: Field<'_>, gate: &Gate) -> Result<String, Error> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|_| gate.why())? {
        gate.went_on();
        bytes.extend_from_slice(&piece);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn no_boundary() -> Error {
    let detail = "The Content-Type of a form names its boundary: leave it to your HTTP client.";
    Error::new(Code::Malformed, detail)
}

fn no_file() -> Error {
    Error::invalid("file", "The form has no file in its field “file”.", None)
}

/// Counts what is given of a form before its file.
#[derive(Default)]
struct Gate(Mutex<Passed>);

#[derive(Default)]
struct Passed {
    bytes: usize,
    /// The file has begun: it may be as long as it is.
    open: bool,
    /// The most was given, and the reader looks whether it finds something in it.
    looks: bool,
    /// It has found nothing.
    refused: bool,
}

impl Passed {
    fn full(&self) -> bool {
        !self.open && self.bytes >= BEFORE
    }

    /// Whether the reader is to look at what it has, before it is refused more.
    fn looks(&mut self) -> bool {
        self.full() && !std::mem::replace(&mut self.looks, true)
    }

    fn refuses(&mut self) -> bool {
        self.refused = self.full();
        self.refused
    }
}

impl Gate {
    fn with<T>(&self, look: impl FnOnce(&mut Passed) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn open(&self) {
        self.with(|passed| passed.open = true);
    }

    /// The reader has found something in what it was given.
    fn went_on(&self) {
        self.with(|passed| passed.looks = false);
    }

    /// Why the form cannot be read any further.
    fn why(&self) -> Error {
        if !self.with(|passed| passed.refused) {
            return broken_off();
        }
        let detail = format!(
            "More than {} KiB stand before the file. Send the field “file” first.",
            BEFORE >> 10
        );
        Error::new(Code::TooLarge, detail)
    }
}

/// The body of a form. Its reader takes all that it can have before it looks at any of it: so it gets
/// one piece at a time, and after the most it is asked to look before it is refused more.
struct Guarded {
    body: BodyDataStream,
    gate: Arc<Gate>,
    /// The reader has a piece that it has not looked at.
    handed: bool,
}

impl Stream for Guarded {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let looks = std::mem::take(&mut self.handed) || self.gate.with(Passed::looks);
        if looks {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.gate.with(Passed::refuses) {
            let why = "there is no file in so much of a form";
            return Poll::Ready(Some(Err(axum::Error::new(why))));
        }
        let piece = ready!(self.body.poll_next_unpin(cx));
        if let Some(Ok(bytes)) = &piece {
            self.handed = true;
            self.gate.with(|passed| passed.bytes = passed.bytes.saturating_add(bytes.len()));
        }
        Poll::Ready(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header;
    use futures_util::stream;

    const FILE: &str = "--x\r\ncontent-disposition: form-data; name=\"file\"; \
                        filename=\"a.csv\"\r\n\r\n";

    fn field(name: &str, text: &str) -> String {
        format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
    }

    fn request(body: Body) -> Request {
        let request = Request::builder();
        let kind = "multipart/form-data; boundary=x";
        request.header(header::CONTENT_TYPE, kind).body(body).unwrap()
    }

    /// A form in pieces of so many bytes.
    async fn form(text: &str, size: usize) -> IncomingForm {
        let pieces: Vec<Bytes> = text.as_bytes().chunks(size).map(Bytes::copy_from_slice).collect();
        let pieces = stream::iter(pieces.into_iter().map(Ok::<_, std::io::Error>));
        IncomingForm::open(request(Body::from_stream(pieces))).await.unwrap()
    }

    /// The texts before the file, and the length of the file; or the code of what is wrong.
    async fn read(form: &mut IncomingForm) -> Result<(Vec<String>, usize), Code> {
        let mut texts = Vec::new();
        loop {
            match form.next().await.map_err(|error| error.problem().code)? {
                Part::Text(name, text) => texts.push(format!("{name}={text}")),
                Part::File(_, field) => {
                    let pieces = field.map_ok(|piece| piece.len()).try_collect::<Vec<_>>().await;
                    return Ok((texts, pieces.unwrap().into_iter().sum()));
                }
            }
        }
    }

    #[tokio::test]
    async fn a_file_of_any_length_is_found_behind_fields_however_the_form_is_cut() {
        let length = 3 * BEFORE;
        let fields: String = (0..40).map(|n| field(&format!("f{n}"), "text")).collect();
        let whole =
            format!("{fields}{}{FILE}{}\r\n--x--\r\n", field("empty", ""), "a".repeat(length));
        for size in [1_000, 8 << 10, 100 << 10, 300 << 10, whole.len()] {
            let (texts, read) = read(&mut form(&whole, size).await).await.unwrap();
            assert_eq!((texts.len(), read), (41, length), "{size}");
            assert_eq!((texts[0].as_str(), texts[40].as_str()), ("f0=text", "empty="), "{size}");
        }
    }

    #[tokio::test]
    async fn what_never_comes_to_its_file_is_refused() {
        let fat = field("fat", &"a".repeat(2 * BEFORE));
        let many: String = (0..8_000).map(|n| field("n", &n.to_string())).collect();
        let preamble = "a".repeat(2 * BEFORE);
        let head = format!("--x\r\nx-long: {}", "a".repeat(2 * BEFORE));
        for (begin, what) in [(fat, "fat"), (many, "many"), (preamble, "preamble"), (head, "head")]
        {
            let whole = format!("{begin}{FILE}a\r\n--x--\r\n");
            for size in [1_000, 100 << 10] {
                assert_eq!(
                    read(&mut form(&whole, size).await).await,
                    Err(Code::TooLarge),
                    "{what}"
                );
            }
        }
        for (text, code) in [
            (field("name", "a") + "--x--\r\n", Code::InvalidValue),
            (field("name", "a"), Code::Malformed),
            (String::new(), Code::Malformed),
        ] {
            assert_eq!(read(&mut form(&text, 10).await).await, Err(code), "{text}");
        }
    }

    #[tokio::test]
    async fn what_comes_too_slowly_is_given_up() {
        let begun = Bytes::from(field("name", "a"));
        let body = stream::iter([Ok::<_, std::io::Error>(begun)]).chain(stream::pending());
        let mut form = IncomingForm::open(request(Body::from_stream(body))).await.unwrap();
        form.until = Instant::now() + Duration::from_millis(20);
        assert_eq!(read(&mut form).await, Err(Code::Malformed));
    }
}
