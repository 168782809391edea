//! The tab “Use”: code that fetches the version that is looked at.

use super::fetch::Looked;
use crate::components::{EmptyState, Note, Snippet};
use leptos::prelude::*;
use mlhub_domain::access::Visibility;

/// Snippets with the address of this server; `origin` is `https://hub.example.org`.
pub(super) fn part(looked: &Looked, origin: &str) -> AnyView {
    let Some(version) = looked.ready() else {
        return view! {
            <EmptyState
                icon="code"
                title="Nothing to fetch yet"
                text="Code that fetches the table stands here as soon as a version can be read."
            />
        }
        .into_any();
    };
    let open = looked.dataset.visibility != Visibility::Private;
    let api = format!("{origin}{}", looked.at().api());
    let file = format!("{api}/versions/{}/download", version.version);
    let name = looked.dataset.name.as_str();
    let snippets = [
        ("curl", curl(&file, name, open)),
        ("pandas", pandas(&file, open)),
        ("polars", polars(&file, open)),
        ("DuckDB", duckdb(&file, open)),
        ("R", r(&file, open)),
        ("The next version, by curl", next(&api)),
    ];
    let snippets = snippets.map(|(title, code)| view! { <Snippet title=title code=code/> });
    view! {
        <Note kind="plain">
            {if open { OPEN } else { CLOSED }}
            " "
            <a href="/settings/tokens">"Access tokens"</a>
        </Note>
        <div class="columns broad">{snippets.into_iter().collect_view()}</div>
    }
    .into_any()
}

const OPEN: &str = "Everybody who has the address can fetch this dataset. Only the upload needs a \
                    token, in MLHUB_TOKEN.";
const CLOSED: &str = "This dataset is private: put an access token into the environment variable \
                      MLHUB_TOKEN first.";

fn curl(file: &str, name: &str, open: bool) -> String {
    let token = if open { "" } else { "  -H \"Authorization: Bearer $MLHUB_TOKEN\" \\\n" };
    format!("curl -fL -o {name}.csv \\\n{token}  \"{file}?format=csv\"")
}

/// From Parquet: CSV would lose the types, and with them leading zeros.
fn pandas(file: &str, open: bool) -> String {
    if open {
        let read = format!("df = pd.read_parquet(\n    \"{file}?format=parquet\"\n)");
        return format!("import pandas as pd\n\n{read}");
    }
    format!(
        "import os\nimport pandas as pd\n\ndf = pd.read_parquet(\n    \"{file}?format=parquet\",\n    \
         storage_options={{\"Authorization\": f\"Bearer {{os.environ['MLHUB_TOKEN']}}\"}},\n)"
    )
}

fn r(file: &str, open: bool) -> String {
    let header = "\n  headers = c(Authorization = paste(\"Bearer\", Sys.getenv(\"MLHUB_TOKEN\"))),";
    let header = if open { "" } else { header };
    format!(
        "file <- tempfile(fileext = \".parquet\")\ndownload.file(\n  \"{file}?format=parquet\",\n  \
         file,{header}\n  mode = \"wb\"\n)\ndf <- arrow::read_parquet(file)"
    )
}

fn polars(file: &str, open: bool) -> String {
    let (import, request) = if open {
        ("", format!("\"{file}?format=parquet\""))
    } else {
        let header = "{\"Authorization\": f\"Bearer {os.environ['MLHUB_TOKEN']}\"}";
        ("import os\n", format!("\n    \"{file}?format=parquet\",\n    headers={header},\n"))
    };
    format!(
        "import io\n{import}import urllib.request\n\nimport polars as pl\n\n\
         request = urllib.request.Request({request})\n\
         with urllib.request.urlopen(request) as answer:\n    \
         df = pl.read_parquet(io.BytesIO(answer.read()))"
    )
}

fn duckdb(file: &str, open: bool) -> String {
    let secret = if open {
        ""
    } else {
        "CREATE SECRET mlhub (\n    TYPE http,\n    BEARER_TOKEN 'the value of MLHUB_TOKEN'\n);\n"
    };
    format!("{secret}SELECT *\nFROM read_parquet('{file}?format=parquet')\nLIMIT 10;")
}

fn next(api: &str) -> String {
    format!(
        "curl --fail-with-body -H \"Authorization: Bearer $MLHUB_TOKEN\" \\\n  -F \"file=@data.csv\" \\\n  \
         \"{api}/versions\""
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "http://localhost:8080/f";

    #[test]
    fn only_what_is_closed_needs_a_token() {
        for code in [curl(FILE, "a", true), pandas(FILE, true), polars(FILE, true), r(FILE, true)] {
            assert!(code.contains(FILE) && !code.contains("TOKEN"), "{code}");
        }
        let python = [pandas(FILE, false), polars(FILE, false)];
        let others = [curl(FILE, "a", false), duckdb(FILE, false), r(FILE, false)];
        for code in python.into_iter().chain(others) {
            assert!(code.contains(FILE) && code.contains("MLHUB_TOKEN"), "{code}");
        }
    }

    #[test]
    fn python_keeps_its_braces() {
        let code = pandas(FILE, false);
        assert!(
            code.contains("{\"Authorization\": f\"Bearer {os.environ['MLHUB_TOKEN']}\"}"),
            "{code}"
        );
    }
}
