//! How far a file is on its way.

use crate::components::{Note, ProgressBar};
use crate::{format, platform};
use leptos::html;
use leptos::prelude::*;

/// A file on its way to the server.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Upload {
    /// Not sent yet.
    #[default]
    Idle,
    /// Under way.
    Sending {
        /// Bytes sent.
        sent: u64,
        /// Bytes in all; 0 while unknown.
        total: u64,
        /// Seconds since the start.
        seconds: f64,
    },
    /// All of it is sent; the server has not answered yet.
    Received,
    /// Stopped by the one who sent it.
    Stopped,
    /// Refused for what stands in a field, which says so itself.
    Refused,
    /// Refused for another reason, or broken off.
    Broken(Option<String>),
    /// All of it was sent, and no answer came that says what became of it.
    Unanswered,
}

impl Upload {
    /// The share that is sent.
    fn share(&self) -> Option<f64> {
        match self {
            Self::Sending { sent, total, .. } if *total > 0 => Some(*sent as f64 / *total as f64),
            Self::Received => Some(1.0),
            Self::Idle
            | Self::Sending { .. }
            | Self::Stopped
            | Self::Refused
            | Self::Broken(_)
            | Self::Unanswered => None,
        }
    }

    /// How far it is, in words.
    fn said(&self) -> String {
        match self {
            Self::Sending { sent, total, seconds } if *sent > 0 => {
                let (done, all) = (format::bytes(*sent), format::bytes(*total));
                let pace = *sent as f64 / seconds.max(0.001);
                let left = format::duration(total.saturating_sub(*sent) as f64 / pace);
                format!("{done} of {all} · {}/s · about {left} left", format::bytes(pace as u64))
            }
            Self::Sending { .. } => "Begins".into(),
            Self::Received => "All sent; the server takes it in".into(),
            Self::Idle | Self::Stopped | Self::Refused | Self::Broken(_) | Self::Unanswered => {
                String::new()
            }
        }
    }
}

/// Within a form with a file: sends it in the background, with a bar and a way to stop. Without
/// script the browser sends the form by itself.
#[island]
pub fn Sending() -> impl IntoView {
    let upload = RwSignal::new(Upload::Idle);
    let place = NodeRef::<html::Div>::new();
    platform::take_over(place, upload);
    let share = Signal::derive(move || upload.with(Upload::share));
    let works = move || upload.with(|u| matches!(u, Upload::Sending { .. } | Upload::Received));
    let received = move || upload.with(|upload| *upload == Upload::Received);
    let stop = move |_| {
        platform::stop_upload();
        upload.set(Upload::Stopped);
    };
    let ended = move || {
        match upload.get() {
        Upload::Stopped => Some(
            view! { <Note kind="plain">"Stopped. Nothing was kept; the file is still chosen."</Note> }
                .into_any(),
        ),
        Upload::Refused => Some(
            view! { <Note kind="plain">"Nothing was uploaded yet: mend what is marked. The file is still chosen."</Note> }
                .into_any(),
        ),
        Upload::Broken(why) => {
            let why = why.unwrap_or_else(|| {
                "The connection broke off. Nothing was kept; send it again.".to_string()
            });
            Some(view! { <Note kind="bad" title="Nothing was uploaded">{why}</Note> }.into_any())
        }
        Upload::Unanswered => Some(
            view! { <Note kind="bad" title="No answer came">"All of the file was sent. Look whether it is there before you send it again."</Note> }
                .into_any(),
        ),
        Upload::Idle | Upload::Sending { .. } | Upload::Received => None,
    }
    };
    view! {
        <div class="stack tight" role="status" node_ref=place>
            <Show when=works>
                <ProgressBar label="Upload" share=share/>
                <div class="row apart small">
                    <span>{move || upload.with(Upload::said)}</span>
                    // What is sent may be kept by now.
                    <button type="button" class="btn small" hidden=received on:click=stop>
                        "Stop"
                    </button>
                </div>
            </Show>
            {ended}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upload_says_how_much_how_fast_and_how_long() {
        let upload = Upload::Sending { sent: 50 << 20, total: 100 << 20, seconds: 5.0 };
        assert_eq!(upload.share(), Some(0.5));
        let said = upload.said().replace('\u{a0}', " ");
        assert_eq!(said, "50 MiB of 100 MiB · 10 MiB/s · about 5 s left");
        assert_eq!(Upload::Received.share(), Some(1.0));
    }
}
