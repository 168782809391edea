//! A tab: the websocket of a page, spoken by a real client over a real socket.

use crate::browser::{Browser, state};
use axum::http::{StatusCode, header};
use futures_util::{SinkExt as _, StreamExt as _};
use mlhub_domain::live::{Ask, Tell};
use mlhub_server::security::Site;
use mlhub_server::startup;
use mlhub_testing::TestHub;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// So long may the next frame take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The service of a hub at a port of its own, until this is dropped.
pub(crate) struct Door {
    address: SocketAddr,
    server: AbortHandle,
}

impl Drop for Door {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Door {
    /// Opens it.
    pub(crate) async fn open(hub: &TestHub) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = state(hub, None);
        let site = Arc::new(Site::new(&state.config, address));
        let service = startup::router(state, &site);
        let service = service.into_make_service_with_connect_info::<SocketAddr>();
        let serving = async move { axum::serve(listener, service).await.unwrap() };
        Self { address, server: tokio::spawn(serving).abort_handle() }
    }

    /// A new tab of `browser`, which has heard nothing yet.
    ///
    /// # Errors
    /// What the server answers in place of a websocket.
    pub(crate) async fn tab(&self, browser: &Browser) -> Result<Tab, StatusCode> {
        let address = format!("ws://{}/api/v1/live", self.address);
        let mut request = address.into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert(header::ORIGIN, format!("http://{}", self.address).parse().unwrap());
        if let Some(line) = browser.cookie_line() {
            headers.insert(header::COOKIE, line);
        }
        if let Some(bearer) = browser.headers.get(header::AUTHORIZATION) {
            headers.insert(header::AUTHORIZATION, bearer.clone());
        }
        match connect_async(request).await {
            Ok((socket, _)) => Ok(Tab { socket }),
            Err(Error::Http(answer)) => Err(answer.status()),
            Err(error) => panic!("no answer: {error}"),
        }
    }

    /// The same, after its greeting.
    pub(crate) async fn greeted(&self, browser: &Browser) -> Tab {
        let mut tab = self.tab(browser).await.unwrap();
        let hello = tab.told().await;
        assert!(matches!(&hello, Tell::Hello { build } if !build.is_empty()), "{hello:?}");
        tab
    }
}

/// The websocket of a tab.
pub(crate) struct Tab {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Tab {
    pub(crate) async fn follow(&mut self, topic: &str, after: u64) {
        self.ask(&Ask::Sub { topic: topic.into(), after }).await;
    }

    pub(crate) async fn leave(&mut self, topic: &str) {
        self.ask(&Ask::Unsub { topic: topic.into() }).await;
    }

    async fn ask(&mut self, ask: &Ask) {
        self.send(&serde_json::to_string(ask).unwrap()).await;
    }

    /// Says anything.
    pub(crate) async fn send(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    /// The next frame that tells something. Pings are answered on the way.
    pub(crate) async fn told(&mut self) -> Tell {
        loop {
            match self.frame().await {
                Some(Message::Text(text)) => return serde_json::from_str(&text).unwrap(),
                Some(Message::Ping(_) | Message::Pong(_)) => {}
                other => panic!("nothing is told any more: {other:?}"),
            }
        }
    }

    /// The next frame of any kind; none when the connection has ended.
    pub(crate) async fn frame(&mut self) -> Option<Message> {
        let next = timeout(PATIENCE, self.socket.next()).await;
        next.expect("the server says something in time")?.ok()
    }

    /// The numbers of the events of `topic` that come next, up to `last`.
    pub(crate) async fn until(&mut self, topic: &str, last: u64) -> Vec<u64> {
        let mut seen = Vec::new();
        while seen.last() != Some(&last) {
            match self.told().await {
                Tell::Events { topic: of, events } if of == topic => {
                    seen.extend(events.iter().map(|event| event.seq));
                }
                other => panic!("after {seen:?}: {other:?}"),
            }
        }
        seen
    }

    /// That `topic` is refused, and that nothing was told before.
    pub(crate) async fn refused(&mut self, topic: &str) {
        assert_eq!(self.told().await, Tell::Refused { topic: topic.into() });
    }

    /// That nothing waits to be told: a topic that is none is the next thing to hear of.
    pub(crate) async fn silent(&mut self) {
        self.follow("none", 0).await;
        self.refused("none").await;
    }
}
