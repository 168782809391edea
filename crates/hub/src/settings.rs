//! What the operator decides.

use crate::db::throttles::Bucket;

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
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            registration_open: false,
            logins_per_account: Bucket { burst: 10.0, per_second: 1.0 / 30.0 },
            logins_per_address: Bucket { burst: 60.0, per_second: 0.5 },
            sign_ups_per_address: Bucket { burst: 20.0, per_second: 1.0 / 60.0 },
            upload_limit: 16 << 30,
            output_limit: 64 << 30,
            open_jobs: 1_000,
        }
    }
}
