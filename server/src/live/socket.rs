//! One connection.

use super::may_ask;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use mlhub_domain::live::{Ask, Tell, Topic};
use mlhub_hub::{Actor, Error, Hub, accounts, runs};
use mlhub_jobs::live::{Subscription, Update};
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

/// Topics that one tab can follow at once.
const TOPICS: usize = 16;

/// Frames that may wait for a slow reader; its topics wait with them.
const WAITING: usize = 64;

/// A frame that cannot be handed over for this long ends the connection.
const STUCK: Duration = Duration::from_secs(30);

/// Close code: what one was signed in by has ended.
const SESSION_ENDED: u16 = 4401;

/// Speaks with a tab until either side leaves.
pub(super) async fn serve(hub: Hub, actor: Actor, socket: WebSocket) {
    let (sink, stream) = socket.split();
    let (frames, outbox) = mpsc::channel(WAITING);
    let hello = Tell::Hello { build: crate::assets::build().into() };
    let mut tab = Tab { hub, actor, frames, topics: HashMap::new() };
    if tab.say(&hello).await.is_ok() {
        tokio::select! {
            () = deliver(outbox, sink) => {}
            () = tab.listen(stream) => {}
        }
    }
    for follower in tab.topics.into_values() {
        follower.abort();
    }
}

/// The connection is gone.
struct Gone;

/// Hands frames to the network; gives up on a reader that takes none.
async fn deliver(mut outbox: mpsc::Receiver<Message>, mut sink: SplitSink<WebSocket, Message>) {
    while let Some(frame) = outbox.recv().await {
        let last = matches!(frame, Message::Close(_));
        match timeout(STUCK, sink.send(frame)).await {
            Ok(Ok(())) if !last => {}
            _ => return,
        }
    }
}

struct Tab {
    hub: Hub,
    actor: Actor,
    frames: mpsc::Sender<Message>,
    /// What is followed, and who tells of it.
    topics: HashMap<Topic, AbortHandle>,
}

impl Tab {
    async fn listen(&mut self, mut stream: SplitStream<WebSocket>) {
        let (period, silence) = (self.hub.settings().pulse, self.hub.settings().silence);
        let mut pulse = interval(period);
        pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard = Instant::now();
        loop {
            let kept = tokio::select! {
                frame = stream.next() => {
                    heard = Instant::now();
                    match frame {
                        Some(Ok(Message::Text(text))) => self.hear(text.as_str()).await,
                        Some(Ok(Message::Close(_)) | Err(_)) | None => Err(Gone),
                        Some(Ok(_)) => Ok(()),
                    }
                }
                _ = pulse.tick() => {
                    if heard.elapsed() > silence { Err(Gone) } else { self.check().await }
                }
            };
            if kept.is_err() {
                return;
            }
        }
    }

    async fn hear(&mut self, text: &str) -> Result<(), Gone> {
        match serde_json::from_str(text) {
            Ok(Ask::Sub { topic, after }) => self.follow(topic, after).await,
            Ok(Ask::Unsub { topic }) => {
                if let Ok(topic) = topic.parse() {
                    self.leave(&topic);
                }
                Ok(())
            }
            // A frame that makes no sense comes from no page of ours.
            Err(_) => Err(Gone),
        }
    }

    async fn follow(&mut self, named: String, after: u64) -> Result<(), Gone> {
        let Some(topic) = self.admitted(&named) else {
            return self.say(&Tell::Refused { topic: named }).await;
        };
        let Topic::Run(run) = &topic;
        let subscription = match runs::follow(&self.hub, &self.actor, run, after).await {
            Ok(subscription) => subscription,
            Err(error) if refuses(&error) => {
                return self.say(&Tell::Refused { topic: named }).await;
            }
            // A database that does not answer: the browser comes back after a while.
            Err(_) => return Err(Gone),
        };
        let work = tell(topic.to_string(), subscription, self.frames.clone());
        self.topics.insert(topic, tokio::spawn(work).abort_handle());
        Ok(())
    }

    /// The topic that is named, if it is one that this tab may ask for and has room for. It begins
    /// anew when it is followed already.
    fn admitted(&mut self, named: &str) -> Option<Topic> {
        let topic: Topic = named.parse().ok()?;
        self.leave(&topic);
        let room = self.topics.len() < TOPICS;
        (room && may_ask(topic.kind(), &self.actor)).then_some(topic)
    }

    fn leave(&mut self, topic: &Topic) {
        if let Some(follower) = self.topics.remove(topic) {
            follower.abort();
        }
    }

    /// Whether what was allowed at the beginning still is.
    async fn check(&mut self) -> Result<(), Gone> {
        // A database that does not answer ends no session.
        if !accounts::still_signed_in(&self.hub, &self.actor).await.unwrap_or(true) {
            let reason = "the session has ended".into();
            let close = CloseFrame { code: SESSION_ENDED, reason };
            let _ = self.frames.send(Message::Close(Some(close))).await;
            return Ok(());
        }
        let topics: Vec<Topic> = self.topics.keys().cloned().collect();
        for topic in topics {
            let Topic::Run(run) = &topic;
            if runs::get(&self.hub, &self.actor, run).await.is_err_and(|error| refuses(&error)) {
                self.leave(&topic);
                self.say(&Tell::Refused { topic: topic.to_string() }).await?;
            }
        }
        self.frames.send(Message::Ping(Default::default())).await.map_err(|_| Gone)
    }

    async fn say(&self, tell: &Tell) -> Result<(), Gone> {
        self.frames.send(frame(tell)).await.map_err(|_| Gone)
    }
}

/// Whether it says that one may not, and not that something is broken.
fn refuses(error: &Error) -> bool {
    matches!(error.kind().status(), 401 | 403 | 404)
}

/// Tells the events of a topic for as long as somebody listens.
async fn tell(topic: String, mut subscription: Subscription, frames: mpsc::Sender<Message>) {
    loop {
        let tell = match subscription.next().await {
            Ok(Update::Events(events)) => Tell::Events { topic: topic.clone(), events },
            Ok(Update::Reset) => Tell::Reset { topic: topic.clone() },
            Err(error) => {
                tracing::debug!(%error, topic, "events cannot be read at the moment");
                tokio::time::sleep(Duration::from_secs(2)).await;
                continue;
            }
        };
        if frames.send(frame(&tell)).await.is_err() {
            return;
        }
    }
}

fn frame(tell: &Tell) -> Message {
    let text = serde_json::to_string(tell).expect("what is told is plain data");
    Message::Text(text.into())
}
