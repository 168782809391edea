//! The page of a dataset: its rows, and one of them by itself.

use crate::served::Served;
use reqwest::Method;

/// The page at `path`.
async fn page(served: &Served, path: &str) -> String {
    let answer = served.request(Method::GET, path).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.unwrap()
}

/// The part of a page that shows a row by itself.
fn panel(page: &str) -> Option<&str> {
    let from = page.find("id=\"row\"")?;
    let rest = &page[from..];
    Some(&rest[..rest.find("</section>")?])
}

/// The texts of all elements `name` in `html`, without what marks them up.
fn texts(html: &str, name: &str) -> Vec<String> {
    let (begin, end) = (format!("<{name}"), format!("</{name}>"));
    let inside = |piece: &str| {
        let inner = &piece[piece.find('>').unwrap() + 1..piece.find(&end).unwrap()];
        let plain =
            inner.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
        plain.collect::<String>()
    };
    html.split(&begin).skip(1).map(inside).collect()
}

/// The addresses of the links in `html` by their labels.
fn link<'a>(html: &'a str, label: &str) -> Option<&'a str> {
    let at = html.find(&format!("aria-label=\"{label}\""))?;
    let tag = &html[html[..at].rfind('<')?..at];
    let from = tag.find("href=\"")? + 6;
    Some(&tag[from..from + tag[from..].find('"')?])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_by_itself_has_an_address_and_tells_missing_from_empty() {
    let served = Served::start().await;
    let dataset = served.dataset("notes").await;
    let long = ["a remark that goes on and on."; 12].join(" ");
    let table = format!(
        "id,remark,share\n1,\"\",0.12345678901\n2,,2.5\n3,\"{long}\",\n4,<b>not bold</b>,1.0\n"
    );
    served.upload(&dataset, table).await;
    assert_eq!(served.settled(&dataset, 1).await["state"], "ready");
    let at = "/ada/titanic/datasets/notes";

    let all = page(&served, &format!("{at}?sort=-id")).await;
    assert_eq!(panel(&all), None);
    let first = format!("{at}?sort=-id&amp;row=1#row");
    assert_eq!(link(&all, "Place 1"), Some(first.as_str()), "the place of a row leads to it");

    for (row, values) in [
        (1, ["1", "“” an empty text", "0.12345678901"]),
        (2, ["2", "missing", "2.5"]),
        (4, ["4", "&lt;b&gt;not bold&lt;/b&gt;", "1"]),
    ] {
        let page = page(&served, &format!("{at}?row={row}")).await;
        let panel = panel(&page).unwrap();
        assert_eq!(texts(panel, "dd"), values);
        assert_eq!(texts(panel, "dt"), ["idinteger", "remarktext", "sharenumber"]);
        assert_eq!(texts(panel, "h2"), [format!("Row {row}")]);
        assert_eq!(page.matches("aria-current=\"true\"").count(), 1, "its place is marked");
    }
    let folded = page(&served, &format!("{at}?row=3")).await;
    let folded = panel(&folded).unwrap();
    assert_eq!(texts(folded, "dd")[2], "missing");
    let whole = texts(folded, "details").remove(0);
    assert!(whole.replace('\u{a0}', " ").contains("… 359 characters"), "{whole}");
    assert!(whole.ends_with(&long), "{whole}");

    // The rest of the address stays, and the place counts what fits in the order asked for.
    let query = "version=1&q=o&sort=-id&where=id%3Agt%3A1";
    let kept = query.replace('&', "&amp;");
    let narrow = page(&served, &format!("{at}?{query}&row=1")).await;
    let narrow = panel(&narrow).unwrap();
    assert_eq!(texts(narrow, "dd")[0], "4");
    assert_eq!(link(narrow, "Previous row"), None);
    let after = format!("{at}?{kept}&amp;row=2#row");
    assert_eq!(link(narrow, "Next row"), Some(after.as_str()));
    let close = format!("{at}?{kept}#row-1");
    assert_eq!(link(narrow, "Close the row"), Some(close.as_str()));

    for nowhere in ["5", "0", "x", "99999999999999999999"] {
        let page = page(&served, &format!("{at}?row={nowhere}")).await;
        assert_eq!(panel(&page), None);
        assert!(page.contains("the rows have the places 1 to 4"), "{nowhere}");
    }
    let past = format!("{at}?offset=18446744073709551615&row=18446744073709551615");
    assert!(page(&served, &past).await.contains("Beyond the last row"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_by_itself_has_all_columns_and_leads_over_the_end_of_a_page() {
    let served = Served::start().await;
    let dataset = served.dataset("wide").await;
    let line = |of: &str| (0..70).map(|n| format!("{of}{n}")).collect::<Vec<_>>().join(",");
    let mut table = line("c");
    for row in 1..=150 {
        table += "\n";
        table += &line(&row.to_string());
    }
    served.upload(&dataset, table).await;
    assert_eq!(served.settled(&dataset, 1).await["state"], "ready");
    let at = "/ada/titanic/datasets/wide";

    let hundredth = page(&served, &format!("{at}?row=100")).await;
    let panel_of = panel(&hundredth).unwrap();
    let values = texts(panel_of, "dd");
    assert_eq!((values.len(), values[69].as_str()), (70, "10069"));
    let next = format!("{at}?offset=100&amp;row=101#row");
    assert_eq!(link(panel_of, "Next row"), Some(next.as_str()));

    let next = page(&served, &format!("{at}?offset=100&row=101")).await;
    assert!(next.contains("id=\"row-101\"") && !next.contains("id=\"row-100\""));
    let back = format!("{at}?row=100#row");
    assert_eq!(link(panel(&next).unwrap(), "Previous row"), Some(back.as_str()));

    // A row of another page than the one that is shown is there all the same.
    let elsewhere = page(&served, &format!("{at}?row=150")).await;
    assert_eq!(texts(panel(&elsewhere).unwrap(), "dd")[0], "1500");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_with_other_columns_says_so_where_its_rows_are() {
    let served = Served::start().await;
    let dataset = served.dataset("crew").await;
    let at = "/ada/titanic/datasets/crew";
    let said = "The columns are not those of version 1: new: “b”.";
    for (version, table, told) in [(1, "a\n1\n2\n", false), (2, "a,b\n1,x\n2,y\n", true)] {
        served.upload(&dataset, table).await;
        assert_eq!(served.settled(&dataset, version).await["state"], "ready");
        for tab in ["", "?tab=versions", "?tab=profile"] {
            let page = page(&served, &format!("{at}{tab}")).await;
            let notes = page.split("class=\"note\"").skip(1);
            let notes = notes.filter(|note| note[..note.find("</div>").unwrap()].contains(said));
            assert_eq!(notes.count(), usize::from(told), "version {version}, {tab}: {page}");
        }
        assert!(!page(&served, &format!("{at}?version=1")).await.contains(said));
    }
}
