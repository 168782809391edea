//! The pieces on one page, to look at: `/design`.

mod drawings;
mod pieces;

use crate::Page;
use crate::components::{Fact, Facts, Tag};
use crate::shell::Head;
use drawings::Drawings;
use leptos::prelude::*;
use pieces::{Fields, Pieces};

/// Every component with plausible content. It is plain HTML: what does not work here does not work
/// without script.
#[component]
pub fn Design() -> impl IntoView {
    view! {
        <Page title="Design">
            <Head
                title="income · run 42"
                tags=|| view! { <Tag kind="live" pulse=true>"training"</Tag> }
                facts=|| {
                    view! {
                        <Facts>
                            <Fact before="MLP on" value="adult-census v3"/>
                            <Fact value="39 073" after="rows"/>
                            <Fact before="seed" value="42"/>
                        </Facts>
                    }
                }
            >
                <a class="btn quiet" href="#main">
                    "Clone with changes"
                </a>
                <a class="btn" href="#main">
                    "Pause"
                </a>
                <a class="btn primary" href="#main">
                    "Train a model"
                </a>
            </Head>
            <Pieces/>
            <Drawings/>
            <Fields/>
        </Page>
    }
    .into_any()
}
