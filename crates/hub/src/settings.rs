//! What the operator decides.

pub use crate::db::throttles::Bucket;

use std::time::Duration;

/// Settings, read once at the start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whether everybody who reaches the server may make an account.
    pub registration_open: bool,
    /// Logins tried for one account. One that succeeds fills it again.
    pub logins_per_account: Bucket,
    /// Logins tried from one address.
    pub logins_per_address: Bucket,
    /// Accounts made from one address.
    pub sign_ups_per_address: Bucket,
    /// The largest file that may be uploaded, in bytes.
    pub upload_limit: u64,
    /// The largest file that a job may hand in, in bytes.
    pub output_limit: u64,
    /// Jobs of one user that may wait or be at work.
    pub open_jobs: u32,
    /// Predictions that visitors of one address may ask for.
    pub predictions_per_address: Bucket,
    /// Predictions that all visitors together may ask for.
    pub predictions_of_visitors: Bucket,
    /// The largest model that predicts on this server, in bytes of its artifact. In memory it is a
    /// few times that.
    pub model_limit: u64,
    /// Bytes of artifacts whose models are kept loaded.
    pub models_kept: u64,
    /// Tabs of one user, or of the visitors of one address, that may be told what happens.
    pub tabs_each: u32,
    /// Tabs of all visitors together.
    pub tabs_of_visitors: u32,
    /// How often such a tab is asked whether it is still there, and whether it still may.
    pub pulse: Duration,
    /// A tab that says nothing for longer than this is gone.
    pub silence: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            registration_open: false,
            logins_per_account: Bucket { burst: 10.0, per_second: 1.0 / 30.0 },
            logins_per_address: Bucket { burst: 60.0, per_second: 0.5 },
            sign_ups_per_address: Bucket { burst: 20.0, per_second: 1.0 / 60.0 },
            upload_limit: 64 << 30,
            output_limit: 64 << 30,
            open_jobs: 1_000,
            predictions_per_address: Bucket::a_minute(60),
            predictions_of_visitors: Bucket::a_minute(3_000),
            model_limit: 256 << 20,
            models_kept: 512 << 20,
            tabs_each: 50,
            tabs_of_visitors: 1_000,
            pulse: Duration::from_secs(20),
            silence: Duration::from_secs(50),
        }
    }
}
