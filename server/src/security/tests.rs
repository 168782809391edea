//! The tables behind the layers. That the layers stand before every route is in `tests/all`.

use super::cookies::Jar;
use super::host::Site;
use super::origin::is_allowed;
use crate::config::{Config, Given};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use chrono::Duration;
use mlhub_hub::accounts::Cookies;

fn site(base_url: Option<&str>, listen: &str) -> Site {
    let mut config = Config::load(Given::default()).unwrap();
    config.base_url = base_url.map(str::to_owned);
    Site::new(&config, listen.parse().unwrap())
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&'static str, &str)| {
        (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
    };
    pairs.iter().map(pair).collect()
}

#[test]
fn only_our_own_hosts_are_ours() {
    let loopback = site(None, "127.0.0.1:3000");
    let named = site(Some("https://Hub.example.org"), "0.0.0.0:3000");
    let ported = site(Some("http://hub.example.org:8080"), "0.0.0.0:3000");
    let digits = site(None, "0.0.0.0:3000");
    let web = site(None, "[::1]:80");
    for (site, ours, others) in [
        (
            &loopback,
            vec!["127.0.0.1:3000", "localhost:3000", "LOCALHOST:3000", "[::1]:3000"],
            vec![
                "127.0.0.1",
                "localhost",
                "127.0.0.1:3001",
                "127.0.0.2:3000",
                "evil.example:3000",
                "localhost.evil.example:3000",
                "localhost:3000.evil.example",
                "",
                ":3000",
                "127.0.0.1:3000:3000",
                "localhost:03x",
                "192.0.2.1:3000",
            ],
        ),
        (
            &named,
            vec!["hub.example.org", "hub.example.org:443", "HUB.example.org"],
            vec![
                "hub.example.org:3000",
                "127.0.0.1:3000",
                "localhost",
                "hub.example.org.evil",
                "evil",
            ],
        ),
        (&ported, vec!["hub.example.org:8080"], vec!["hub.example.org", "hub.example.org:80"]),
        (
            &digits,
            vec!["192.0.2.1:3000", "[2001:db8::1]:3000", "localhost:3000"],
            vec!["hub.example.org:3000", "192.0.2.1", "192.0.2.1:80", "0x7f.1:3000"],
        ),
        (&web, vec!["localhost", "[::1]", "127.0.0.1:80"], vec!["localhost:3000", "evil"]),
    ] {
        for host in ours {
            assert!(site.is_ours(host), "{host} is ours for {site:?}");
        }
        for host in others {
            assert!(!site.is_ours(host), "{host} is not ours for {site:?}");
        }
    }
}

#[test]
fn what_another_site_sends_is_refused() {
    let own = |origin: &str| origin == "http://localhost:3000";
    let (post, get) = (Method::POST, Method::GET);
    let ws = ("upgrade", "websocket");
    let our = ("origin", "http://localhost:3000");
    let evil = ("origin", "http://evil.example");
    let site = |value| ("sec-fetch-site", value);
    for (method, said, cookies, allowed) in [
        // Browsers of today.
        (&post, vec![site("same-origin")], true, true),
        (&post, vec![site("none")], true, true),
        (&post, vec![site("same-site")], true, false),
        (&post, vec![site("cross-site")], true, false),
        (&post, vec![site("cross-site")], false, false),
        (&post, vec![site("same-origin"), evil], true, true),
        (&post, vec![site("cross-site"), our], true, false),
        (&post, vec![site("")], true, false),
        // Over plain http, and older browsers.
        (&post, vec![our], true, true),
        (&post, vec![evil], true, false),
        (&post, vec![evil], false, false),
        (&post, vec![("origin", "null")], true, false),
        (&post, vec![("origin", "")], true, false),
        (&post, vec![("origin", "http://localhost:3001")], true, false),
        (&post, vec![("origin", "https://localhost:3000")], true, false),
        (&post, vec![("origin", "http://localhost:3000.evil.example")], true, false),
        // Scripts.
        (&post, vec![], true, true),
        (&post, vec![], false, true),
        // Every other method that changes something.
        (&Method::PUT, vec![site("cross-site")], true, false),
        (&Method::PATCH, vec![site("cross-site")], true, false),
        (&Method::DELETE, vec![site("cross-site")], true, false),
        // Reading is safe, whoever links to us.
        (&get, vec![site("cross-site"), evil], true, true),
        (&Method::HEAD, vec![site("cross-site")], true, true),
        // A websocket is read by whoever opened it.
        (&get, vec![ws, our], true, true),
        (&get, vec![ws, our, site("same-origin")], true, true),
        (&get, vec![ws, evil], true, false),
        (&get, vec![ws, evil], false, false),
        (&get, vec![ws], true, false),
        (&get, vec![ws, site("same-origin")], true, false),
        (&get, vec![("upgrade", "WebSocket"), evil], true, false),
        (&get, vec![ws], false, true),
    ] {
        let answer = is_allowed(method, &headers(&said), cookies, own);
        assert_eq!(answer, allowed, "{method} {said:?}, cookies: {cookies}");
    }
    let mut twice = headers(&[our]);
    twice.append(header::ORIGIN, HeaderValue::from_static("http://evil.example"));
    assert!(!is_allowed(&post, &twice, true, own), "what is said twice is not believed");
}

#[test]
fn over_https_cookies_are_bound_to_the_host() {
    let keep = Duration::days(30);
    let cookies = Cookies { access: "a".into(), refresh: "r".into(), keep };
    let flags = "Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax";
    assert_eq!(
        Jar::new(true).lines(&cookies),
        [
            format!("__Host-mlhub_at=a; {flags}; Secure"),
            format!("__Host-mlhub_rt=r; {flags}; Secure")
        ]
    );
    assert_eq!(
        Jar::new(false).lines(&cookies),
        [format!("mlhub_at=a; {flags}"), format!("mlhub_rt=r; {flags}")]
    );
    assert_eq!(
        Jar::new(false).clearing(),
        [
            "mlhub_at=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
            "mlhub_rt=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
        ]
    );
}

#[test]
fn cookies_are_found_among_others_by_their_whole_name() {
    let read = |line: &str| {
        let headers = headers(&[("cookie", line)]);
        let (access, refresh) = Jar::new(false).read(&headers);
        (access.map(str::to_owned), refresh.map(str::to_owned))
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(read("theme=dark; mlhub_at=a=b; mlhub_rt=r"), (some("a=b"), some("r")));
    assert_eq!(read("xmlhub_at=a; mlhub_atx=b; __Host-mlhub_at=c"), (None, None));
    assert_eq!(read("mlhub_at=; mlhub_rt"), (None, None));
    assert!(!Jar::new(true).any(&headers(&[("cookie", "mlhub_at=a")])));
}
