//! Tabs, cards, notes, tables, forms.

use crate::Failure;
use crate::components::{
    Card, EmptyState, Note, Pager, ProgressBar, RunTag, Scroll, Snippet, SortLink, Stat, Tab, Tabs,
    VisibilityTag,
};
use crate::format;
use crate::forms::{
    Call, Checkbox, Choice, ConfirmButton, FileDrop, Form, NumberField, PasswordField, RadioCards,
    Select, SubmitButton, TextArea, TextField,
};
use leptos::prelude::*;
use mlhub_domain::access::Visibility;
use mlhub_domain::runs::RunStatus;

/// Everything but charts and forms.
#[component]
pub(super) fn Pieces() -> impl IntoView {
    let tab = |label: &str, note: &str, current| Tab {
        href: "#main".into(),
        label: label.into(),
        note: note.into(),
        alert: note == "4 warnings",
        current,
    };
    let tabs = vec![
        tab("Data", "", true),
        tab("Profile", "4 warnings", false),
        tab("Versions", "3", false),
        tab("Use", "", false),
    ];
    let states = [
        RunStatus::Queued,
        RunStatus::Running,
        RunStatus::Paused,
        RunStatus::Finished,
        RunStatus::Failed,
        RunStatus::Cancelled,
    ];
    view! {
        <Tabs label="Parts" tabs/>
        <div class="grid">
            <Card class="c3">
                <Stat value="0.8756" label="accuracy, ± 0.006" against="better by 0.1149, baseline 0.7607"/>
            </Card>
            <Card class="c3">
                <Stat value="0.9306" label="ROC AUC" against="worse by 0.0120 than v3" verdict="worse"/>
            </Card>
            <Card class="c3">
                <Stat value="541.2" unit="USD" label="RMSE" against="the same, baseline 541.2" verdict="same"/>
            </Card>
            <Card class="c3">
                <Stat value="39 073" label="rows"/>
            </Card>
            <Card title="Progress" class="c6">
                <div class="stack">
                    <ProgressBar label="Training" share=Some(0.6)/>
                    <ProgressBar label="Upload" share=None/>
                    <ProgressBar label="Done" share=Some(1.0) kind="done"/>
                    <div class="row">
                        {states.map(|status| view! { <RunTag status/> }).collect_view()}
                        {Visibility::ALL
                            .map(|visibility| view! { <VisibilityTag visibility/> })
                            .collect_view()}
                    </div>
                </div>
            </Card>
            <Card title="Notes" class="c6">
                <div class="stack tight">
                    <Note title="Imbalance">"76 % of rows are <=50K: look at recall."</Note>
                    <Note kind="ok" title="Done">"The model is published as v4."</Note>
                    <Note kind="bad">"The file ends inside a quoted value, line 812."</Note>
                    <Note kind="plain">"Measured on 20 % held out."</Note>
                </div>
            </Card>
        </div>
        <Scroll label="Runs">
            <table>
                <thead>
                    <tr>
                        <th aria-sort="descending" class="num">
                            <SortLink address="/design" sort="-run" key="run" label="run"/>
                        </th>
                        <th>"status"</th>
                        <th class="num">"accuracy"</th>
                        <th class="num">"took"</th>
                    </tr>
                </thead>
                <tbody>
                    {[42_u64, 41, 40].map(row).collect_view()}
                </tbody>
            </table>
        </Scroll>
        <Pager address="/design?q=x" offset=100 limit=100 total=39_073 noun="rows"/>
        <div class="columns">
            <Snippet title="Python" code="import mlhub\nrows = mlhub.load(\"ann/census/adult\")"/>
            <EmptyState
                icon="database"
                title="No datasets yet"
                text="A dataset is a table with versions. Upload a CSV, Parquet or Excel file."
            >
                <a class="btn primary" href="#main">
                    "Upload a file"
                </a>
            </EmptyState>
        </div>
    }
    .into_any()
}

fn row(run: u64) -> impl IntoView {
    view! {
        <tr>
            <td class="num">
                <a href="#main">{run}</a>
            </td>
            <td>
                <RunTag status=RunStatus::Finished/>
            </td>
            <td class="num">{format::metric(0.8 + run as f64 / 1e3)}</td>
            <td class="num">{format::duration(run as f64 * 3.2)}</td>
        </tr>
    }
    .into_any()
}

/// Takes what the form of the design page sends, and never accepts it.
#[server(prefix = "/fn", endpoint = "design")]
async fn try_form(name: String) -> Result<(), Failure> {
    Err(Failure::invalid(
        "name",
        "use 1 to 64 of the characters a–z, 0–9, “.”, “_” and “-”, starting with a letter or a digit",
        &name,
    ))
}

/// Every field.
#[component]
pub(super) fn Fields() -> impl IntoView {
    let kinds = vec![
        Choice::new("lightgbm", "Gradient boosting", "Strong on tables; the first to try."),
        Choice::new("mlp", "Neural network", "Smooth relations, many rows; slower."),
        Choice {
            barred: Some("Needs a numeric target.".into()),
            ..Choice::new("ridge", "Ridge", "A straight line, explained at a glance.")
        },
    ];
    view! {
        <Card title="A form">
            <Form action={Call::<TryForm>::new()}>
                <div class="fields">
                    <TextField name="name" label="Name" value="adult-census" help="a–z, 0–9, - and _" code=true/>
                    <NumberField name="rounds" label="Rounds" value="200" unit="trees" help="10 – 5000" whole=true/>
                    <Select
                        name="target"
                        label="Target"
                        options=vec!["income".into(), "age".into()]
                        value="age"
                        help="What to predict"
                    />
                </div>
                <RadioCards name="algorithm" legend="Algorithm" choices=kinds value="lightgbm"/>
                <TextArea name="description" label="Description" value="Census of 1994.</textarea>"/>
                <PasswordField new=true help="Twelve characters or more; words are fine."/>
                <Checkbox name="refit" label="Refit on all rows" checked=true help="After measuring."/>
                <FileDrop label="Drop a file here" help="CSV, Parquet, Excel, JSON; up to 2 GiB"/>
                <div class="actions">
                    <SubmitButton>"Save"</SubmitButton>
                    <ConfirmButton
                        label="Delete…"
                        warning="3 versions and 12 models trained on them go to the trash for 30 days."
                    >
                        <button class="btn stop" type="button">
                            "Delete adult-census"
                        </button>
                    </ConfirmButton>
                </div>
            </Form>
        </Card>
    }
    .into_any()
}
