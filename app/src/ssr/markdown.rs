//! Markdown from people as HTML that can do no harm, on the server only.
//!
//! Two walls. The parser's events are tamed before they become HTML, so that all of it is ours:
//! raw HTML is text, nothing is nested deeper than [`DEEPEST`], no link stands in a link. What comes
//! of that passes a sanitiser that knows a short list of elements and attributes.
//!
//! There are no images. One of another host would not be loaded (the pages' policy allows our own
//! only) and would tell that host who reads; and there is no place here to keep one. An image is a
//! link that is called what the image is called.

use crate::Failure;
use crate::components::Html;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use std::collections::{HashMap, HashSet};

/// The most elements within each other. Whoever reads HTML takes time by the square of it, and no
/// text that means something has as many.
const DEEPEST: usize = 24;

/// The level of the largest heading: above it are the page's `h1` and the card's `h2`.
const FIRST: usize = 3;

/// What `text` looks like. A long text takes a moment: it is laid out where that holds nobody up.
///
/// # Errors
/// `Internal` when the server is stopping.
pub async fn markdown(text: String) -> Result<Html, Failure> {
    let laid_out = tokio::task::spawn_blocking(move || html(&text));
    Ok(laid_out.await.map_err(mlhub_hub::Error::internal)?)
}

fn html(text: &str) -> Html {
    // Browsers send forms with line ends of two characters.
    let text = text.replace("\r\n", "\n");
    let text = body(&text);
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let events: Vec<Event<'_>> = Parser::new_ext(text, options).collect();
    let mut tamed = Tamed::new(&events);
    events.into_iter().for_each(|event| tamed.take_in(event));
    let mut page = String::with_capacity(text.len() * 3 / 2);
    pulldown_cmark::html::push_html(&mut page, tamed.out.into_iter());
    Html::cleaned(sanitiser().clean(&page).to_string())
}

/// The text without the metadata that model cards begin with elsewhere: keys and their values
/// between two rules. What stands between rules otherwise is text.
fn body(text: &str) -> &str {
    let Some(rest) = text.strip_prefix("---\n") else { return text };
    let end = rest.find("\n---\n").or_else(|| rest.ends_with("\n---").then(|| rest.len() - 4));
    match end {
        Some(end) if is_metadata(&rest[..end]) => rest[end + 4..].trim_start_matches('\n'),
        Some(_) | None => text,
    }
}

/// Whether the lines begin with a `key: value`, and the others are such too, or belong to one: an
/// item of a list, or further to the right.
fn is_metadata(lines: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    let keyed = |line: &str| {
        let key =
            line.split_once(':').filter(|(_, value)| value.is_empty() || value.starts_with(' '));
        key.is_some_and(|(key, _)| !key.is_empty() && key.chars().all(word))
    };
    let belongs = |line: &str| line == "-" || line.starts_with("- ") || line.starts_with(' ');
    let is_some = |line: &str| !line.trim().is_empty();
    let mut lines = lines.split('\n');
    lines.next().is_some_and(keyed)
        && lines.all(|line| is_some(line) && (keyed(line) || belongs(line)))
}

/// The events of a text, as far as they may become HTML.
struct Tamed<'a> {
    out: Vec<Event<'a>>,
    /// What has begun, with how it ends in `out`; `None` where it was left out.
    open: Vec<Option<TagEnd>>,
    /// How many of those are in `out`.
    depth: usize,
    /// Whether one of them is a link.
    in_link: bool,
    /// The level of the largest heading of the text.
    largest: usize,
    /// The HTML of a block, line by line.
    raw: String,
}

impl<'a> Tamed<'a> {
    fn new(events: &[Event<'a>]) -> Self {
        let level = |event: &Event<'a>| match event {
            Event::Start(Tag::Heading { level, .. }) => Some(*level as usize),
            _ => None,
        };
        let largest = events.iter().filter_map(level).min().unwrap_or(1);
        let (out, open, raw) = (Vec::new(), Vec::new(), String::new());
        Self { out, open, depth: 0, in_link: false, largest, raw }
    }

    fn take_in(&mut self, event: Event<'a>) {
        match event {
            Event::Start(Tag::HtmlBlock) => self.raw.clear(),
            Event::Html(line) => self.raw.push_str(&line),
            Event::End(TagEnd::HtmlBlock) => self.block(),
            Event::Start(tag) => self.begin(tag),
            Event::End(_) => self.end(),
            Event::InlineHtml(html) if is_comment(&html) => {}
            Event::InlineHtml(html) if is_break(&html) => self.out.push(Event::HardBreak),
            Event::InlineHtml(html) => self.out.push(Event::Text(html)),
            Event::TaskListMarker(done) => {
                self.out.push(Event::Text(if done { "☑ " } else { "☐ " }.into()));
            }
            other => self.out.push(other),
        }
    }

    /// A block of HTML is a paragraph of text; a comment is nothing.
    fn block(&mut self) {
        let raw = std::mem::take(&mut self.raw);
        if !is_comment(&raw) {
            self.begin(Tag::Paragraph);
            self.out.push(Event::Text(raw.into()));
            self.end();
        }
    }

    fn begin(&mut self, tag: Tag<'a>) {
        let tag = self.tame(tag);
        self.open.push(tag.as_ref().map(Tag::to_end));
        let Some(tag) = tag else { return };
        self.depth += 1;
        self.in_link |= matches!(tag, Tag::Link { .. });
        if matches!(tag, Tag::Table(_)) {
            let scrolls = r#"<div class="scroll" role="group" tabindex="0" aria-label="Table">"#;
            self.out.push(Event::Html(scrolls.into()));
        }
        self.out.push(Event::Start(tag));
    }

    fn end(&mut self) {
        let Some(end) = self.open.pop().flatten() else { return };
        self.depth -= 1;
        self.in_link &= end != TagEnd::Link;
        self.out.push(Event::End(end));
        if end == TagEnd::Table {
            self.out.push(Event::Html("</div>".into()));
        }
    }

    /// What becomes of an element; `None` leaves its content alone.
    fn tame(&self, tag: Tag<'a>) -> Option<Tag<'a>> {
        match tag {
            _ if self.depth == DEEPEST => None,
            Tag::Link { .. } | Tag::Image { .. } if self.in_link => None,
            Tag::Image { link_type, dest_url, title, id } => {
                Some(Tag::Link { link_type, dest_url, title, id })
            }
            Tag::Heading { level, .. } => {
                let level = (level as usize - self.largest + FIRST).min(6);
                let level = HeadingLevel::try_from(level).unwrap_or(HeadingLevel::H6);
                Some(Tag::Heading { level, id: None, classes: Vec::new(), attrs: Vec::new() })
            }
            other => Some(other),
        }
    }
}

/// Whether all of it is one comment: what stands between two is text.
fn is_comment(html: &str) -> bool {
    let inside = html.trim().strip_prefix("<!--").and_then(|rest| rest.split_once("-->"));
    inside.is_some_and(|(_, behind)| behind.is_empty())
}

fn is_break(html: &str) -> bool {
    matches!(html, "<br>" | "<br/>" | "<br />")
}

/// Lets through what [`Tamed`] text is made of, and nothing else.
fn sanitiser() -> ammonia::Builder<'static> {
    let elements = "a blockquote br code del div em h3 h4 h5 h6 hr li ol p pre strong table tbody \
                    td th thead tr ul";
    let attributes = [
        ("a", HashSet::from(["href", "title"])),
        ("ol", HashSet::from(["start"])),
        ("th", HashSet::from(["style"])),
        ("td", HashSet::from(["style"])),
    ];
    let around_a_table = [("class", "scroll"), ("role", "group"), ("tabindex", "0")];
    let around_a_table = around_a_table.into_iter().chain([("aria-label", "Table")]);
    let around_a_table = around_a_table.map(|(name, value)| (name, HashSet::from([value])));
    let mut builder = ammonia::Builder::default();
    builder
        .tags(elements.split(' ').collect())
        .tag_attributes(HashMap::from(attributes))
        .tag_attribute_values(HashMap::from([("div", around_a_table.collect())]))
        // Whoever has no mouse scrolls in it too.
        .set_tag_attribute_value("pre", "tabindex", "0")
        .generic_attributes(HashSet::new())
        .filter_style_properties(HashSet::from(["text-align"]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .link_rel(Some("nofollow ugc noopener"));
    builder
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn html(text: &str) -> String {
        super::html(text).as_str().trim_end().to_owned()
    }

    #[test]
    fn text_is_laid_out_as_it_was_meant() {
        for (text, looks) in [
            (
                "a *b* **c** ~~d~~ `e`",
                "<p>a <em>b</em> <strong>c</strong> <del>d</del> <code>e</code></p>",
            ),
            ("one\ntwo\n\nthree", "<p>one\ntwo</p>\n<p>three</p>"),
            ("one  \ntwo<br>three", "<p>one<br>\ntwo<br>\nthree</p>"),
            ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
            ("3. a\n4. b", "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>"),
            ("- [x] done\n- [ ] not", "<ul>\n<li>☑ done</li>\n<li>☐ not</li>\n</ul>"),
            ("> q", "<blockquote>\n<p>q</p>\n</blockquote>"),
            ("```py\na < b\n```", "<pre tabindex=\"0\"><code>a &lt; b\n</code></pre>"),
            ("---\r\nlicense: mit\r\n---\r\n\r\na\r\n\r\nb", "<p>a</p>\n<p>b</p>"),
            ("---\n\na", "<hr>\n<p>a</p>"),
            ("<!-- say what it is for -->\n\ntext <!-- or not -->", "<p>text </p>"),
            ("", ""),
        ] {
            assert_eq!(html(text), looks, "{text}");
        }
    }

    #[test]
    fn metadata_and_comments_are_left_out_and_nothing_else_is() {
        for (text, looks) in [
            (
                "---\nlicense: mit\ntags:\n- tabular\n  - a b\nbase-model.v1: x:y\n---\na",
                "<p>a</p>",
            ),
            ("---\nlicense: mit\n---", ""),
            ("---\nlicense: mit\n\n---\na", "<hr>\n<p>license: mit</p>\n<hr>\n<p>a</p>"),
            (
                "---\nWe trained it.\n\nb\n\n---\na",
                "<hr>\n<p>We trained it.</p>\n<p>b</p>\n<hr>\n<p>a</p>",
            ),
            (
                "---\nlicense: mit\nand text\n---\na",
                "<hr>\n<h3>license: mit\nand text</h3>\n<p>a</p>",
            ),
            ("---\n- a\n---\nb", "<hr>\n<ul>\n<li>a</li>\n</ul>\n<hr>\n<p>b</p>"),
            ("---\nhttp://a\n---\nb", "<hr>\n<h3>http://a</h3>\n<p>b</p>"),
            ("<!-- a --> **b** <!-- c -->", "<p>&lt;!-- a --&gt; **b** &lt;!-- c --&gt;</p>"),
            ("<!-- a\n\nb -->\nc", "<p>c</p>"),
            ("a <!-- b --> c <!-- d --> e", "<p>a  c  e</p>"),
        ] {
            assert_eq!(html(text), looks, "{text}");
        }
    }

    #[test]
    fn headings_stand_below_those_of_the_page() {
        assert_eq!(html("# a\n## b\n# c"), "<h3>a</h3>\n<h4>b</h4>\n<h3>c</h3>");
        assert_eq!(html("## a\n### b"), "<h3>a</h3>\n<h4>b</h4>");
        assert_eq!(html("# a\n###### b"), "<h3>a</h3>\n<h6>b</h6>");
        assert_eq!(html("a\n="), "<h3>a</h3>");
    }

    #[test]
    fn a_link_leads_to_where_it_says_and_vouches_for_nothing() {
        let rel = r#"rel="nofollow ugc noopener""#;
        for (text, looks) in [
            (
                "[a](https://b.example/c \"d\")",
                format!(r#"<a href="https://b.example/c" title="d" {rel}>a</a>"#),
            ),
            ("[a](/ada/titanic)", format!(r#"<a href="/ada/titanic" {rel}>a</a>"#)),
            (
                "<https://b.example>",
                format!(r#"<a href="https://b.example" {rel}>https://b.example</a>"#),
            ),
            (
                "![a map](https://b.example/c.png)",
                format!(r#"<a href="https://b.example/c.png" {rel}>a map</a>"#),
            ),
            ("[![a map](/c.png)](/d)", format!(r#"<a href="/d" {rel}>a map</a>"#)),
            ("![a [b](/b) c](/d)", format!(r#"<a href="/d" {rel}>a b c</a>"#)),
        ] {
            assert_eq!(html(text), format!("<p>{looks}</p>"), "{text}");
        }
    }

    #[test]
    fn a_wide_table_scrolls_and_keeps_its_sides() {
        let looks = "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-label=\"Table\">\
            <table><thead><tr><th>a</th><th style=\"text-align:right\">b</th></tr></thead><tbody>\n\
            <tr><td>c</td><td style=\"text-align:right\">1</td></tr>\n</tbody></table>\n</div>";
        assert_eq!(html("| a | b |\n| - | -: |\n| c | 1 |"), looks);
    }

    #[test]
    fn what_could_do_harm_is_text_or_nothing() {
        for text in [
            "<script>alert(1)</script>",
            "<SCRIPT SRC=//evil.example></SCRIPT>",
            "a <script>alert(1)</script> b",
            "<img src=x onerror=alert(1)>",
            "<svg/onload=alert(1)>",
            "<p style=\"position:fixed\" onclick='alert(1)'>a</p>",
            "<style>*{display:none}</style>",
            "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
            "<a href=\"javascript:alert(1)\">a</a>",
            "<form action=/fn/models/delete><button>a</button></form>",
            "<div class=\"scroll\" id=\"main\">a</div>",
            "<!--><script>alert(1)</script>-->",
            "<!-- a --><img src=x onerror=alert(1)><!-- b -->",
            "[a](javascript:alert(1))",
            "[a](JaVaScRiPt:alert(1))",
            "[a](java&#x0A;script:alert(1))",
            "[a](&#106;avascript:alert(1))",
            "[a](vbscript:x)",
            "[a](data:text/html,<script>alert(1)</script>)",
            "![a](javascript:alert(1))",
            "<javascript:alert(1)>",
            "[a]: javascript:alert(1)\n\n[a]",
            "[a](/b \"\\\" onmouseover=alert(1) x=\\\"\")",
            "![\" onerror=alert(1) x=\"](/b)",
            "# a {onclick=alert(1) .x #y}",
            "```\" onclick=alert(1)\n</code></pre><script>alert(1)</script>\n```",
            "| a |\n| - |\n| <script>alert(1)</script> |",
        ] {
            let page = html(text);
            harmless(&page, text);
        }
        assert_eq!(html("a <b>b</b>"), "<p>a &lt;b&gt;b&lt;/b&gt;</p>");
        assert_eq!(html("<script>1</script>"), "<p>&lt;script&gt;1&lt;/script&gt;</p>");
        let nowhere = "<p><a rel=\"nofollow ugc noopener\">a</a></p>";
        assert_eq!(html("[a](javascript:alert(1))"), nowhere);
    }

    /// That every tag of `page` is one of ours, with attributes of ours that lead nowhere bad.
    fn harmless(page: &str, text: &str) {
        let ours = sanitiser().clone_tags();
        let scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        let mut rest = page;
        while let Some(at) = rest.find('<') {
            let tag = &rest[at + 1..];
            let end = tag.find(['>', ' ']).unwrap();
            let name = tag[..end].trim_start_matches('/');
            assert!(ours.contains(name), "{name} of {text}: {page}");
            let mut attributes = &tag[end..];
            while let Some(more) = attributes.strip_prefix(' ') {
                let (name, more) = more.split_once("=\"").unwrap();
                let (value, more) = more.split_once('"').unwrap();
                let known = ["href", "title", "rel", "class", "role", "tabindex", "aria-label"];
                assert!(known.contains(&name), "{name} of {text}: {page}");
                let leads = value.split_once(':').filter(|(word, _)| word.chars().all(scheme));
                let bad = leads.is_some_and(|(word, _)| !["http", "https"].contains(&word));
                assert!(name != "href" || !bad, "{value} of {text}: {page}");
                attributes = more;
            }
            rest = attributes.strip_prefix('>').unwrap();
        }
    }

    #[test]
    fn a_text_that_is_made_to_take_long_does_not() {
        let deep = |piece: &str| piece.repeat(100_000 / piece.len());
        // An ordinary text of this length is the measure, so that a slow machine is none.
        let ordinary = took(&deep("Rain *falls* on [hills](/a).\n\n"));
        let most = ordinary * 20 + Duration::from_millis(200);
        for text in [
            deep("> "),
            deep("1. "),
            deep("*a **a "),
            deep("[a]("),
            deep("![a"),
            deep("<b a=1><p>"),
            deep("`` ` "),
            deep("|a"),
            deep("<!-- "),
            deep("~~a ~"),
        ] {
            let long = took(&text);
            assert!(long < most, "{long:?}, at most {most:?}: {}", &text[..20]);
            let depth = html(&text).split("<blockquote>").count() - 1;
            assert!(depth <= DEEPEST, "{depth}");
        }
    }

    fn took(text: &str) -> Duration {
        let began = Instant::now();
        html(text);
        began.elapsed()
    }
}
