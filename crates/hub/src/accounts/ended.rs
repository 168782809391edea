//! Sessions that ended before their access tokens did.

use super::signer::ACCESS;
use chrono::{DateTime, Utc};
use mlhub_domain::ids::SessionId;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// An access token is believed without asking the database; this says which are not. It is of this
/// process alone: another web node believes an ended session until its access token expires, but
/// not for what asks the database (`still_signed_in`).
#[derive(Default)]
pub(crate) struct Ended {
    since: Mutex<HashMap<SessionId, DateTime<Utc>>>,
}

impl Ended {
    /// Believes no access token of these sessions any more.
    pub(super) fn add(&self, sessions: impl IntoIterator<Item = SessionId>, now: DateTime<Utc>) {
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        since.retain(|_, ended| *ended + ACCESS > now);
        since.extend(sessions.into_iter().map(|session| (session, now)));
    }

    /// Whether the session ended lately.
    pub(super) fn contains(&self, session: SessionId) -> bool {
        self.since.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;

    #[test]
    fn an_ended_session_is_forgotten_once_its_access_tokens_are_over() {
        let now: DateTime<Utc> = "2026-11-23T12:00:00Z".parse().unwrap();
        let ended = Ended::default();
        ended.add([SessionId(1), SessionId(2)], now);
        ended.add([SessionId(3)], now + Duration::minutes(4));
        assert!(ended.contains(SessionId(1)) && ended.contains(SessionId(3)));
        ended.add([], now + Duration::minutes(6));
        assert!(!ended.contains(SessionId(2)) && ended.contains(SessionId(3)));
    }
}
