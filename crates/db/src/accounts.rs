//! Rows of `owners` and `users`.

use crate::schema::{owners, users};
use crate::{Conn, Error};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mlhub_domain::accounts::{Email, User};
use mlhub_domain::ids::UserId;
use mlhub_domain::names::OwnerName;

/// An account to be made. `Debug` leaves the hash out.
#[derive(Clone, Copy)]
pub struct NewUser<'a> {
    /// The name in addresses.
    pub username: &'a OwnerName,
    /// The address used to log in.
    pub email: &'a Email,
    /// argon2id in PHC form.
    pub password_hash: &'a str,
    /// Whether it is a site administrator.
    pub admin: bool,
    /// When it is made.
    pub now: DateTime<Utc>,
}

impl std::fmt::Debug for NewUser<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { username, email, password_hash: _, admin, now } = self;
        f.debug_struct("NewUser")
            .field("username", username)
            .field("email", email)
            .field("admin", admin)
            .field("now", now)
            .finish_non_exhaustive()
    }
}

/// An account with what decides whether somebody may log in to it. `Debug` leaves the hash out.
#[derive(Clone)]
pub struct Login {
    /// The account.
    pub user: User,
    /// argon2id in PHC form.
    pub password_hash: String,
    /// Whether an administrator has closed it.
    pub suspended: bool,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { user, password_hash: _, suspended } = self;
        f.debug_struct("Login")
            .field("user", user)
            .field("suspended", suspended)
            .finish_non_exhaustive()
    }
}

#[derive(HasQuery)]
#[diesel(table_name = users, base_query = users::table.inner_join(owners::table))]
struct Row {
    id: i64,
    #[diesel(select_expression = owners::name)]
    name: String,
    email: String,
    display_name: String,
    password_hash: String,
    admin: bool,
    suspended_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

impl TryFrom<Row> for Login {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let user = User {
            id: UserId(row.id),
            username: row.name.parse().map_err(Error::corrupt("username"))?,
            email: row.email.parse().map_err(Error::corrupt("e-mail"))?,
            display_name: row.display_name,
            admin: row.admin,
            created_at: row.created_at,
        };
        let suspended = row.suspended_at.is_some();
        Ok(Self { user, password_hash: row.password_hash, suspended })
    }
}

/// Makes an account. `None` when the username is taken: nothing was changed then.
///
/// # Errors
/// [`Error::Taken`] (`users_email`) when the address has an account; the transaction is over.
pub async fn create(conn: &mut Conn, new: &NewUser<'_>) -> Result<Option<UserId>, Error> {
    let owner: Option<i64> = diesel::insert_into(owners::table)
        .values(owners::name.eq(new.username.as_str()))
        .on_conflict_do_nothing()
        .returning(owners::id)
        .get_result(conn)
        .await
        .optional()?;
    let Some(id) = owner else { return Ok(None) };
    diesel::insert_into(users::table)
        .values((
            users::id.eq(id),
            users::email.eq(new.email.as_str()),
            users::display_name.eq(new.username.as_str()),
            users::password_hash.eq(new.password_hash),
            users::password_changed_at.eq(new.now),
            users::admin.eq(new.admin),
            users::created_at.eq(new.now),
        ))
        .execute(conn)
        .await?;
    Ok(Some(UserId(id)))
}

/// The account of an address, compared without regard to case.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn by_email(conn: &mut Conn, email: &Email) -> Result<Option<Login>, Error> {
    let lower = diesel::dsl::sql::<diesel::sql_types::Bool>("lower(users.email) = lower(")
        .bind::<diesel::sql_types::Text, _>(email.as_str())
        .sql(")");
    let row = Row::query().filter(lower).get_result(conn).await.optional()?;
    row.map(Login::try_from).transpose()
}

/// The account with this number.
///
/// # Errors
/// [`Error::Missing`] when there is none.
pub async fn by_id(conn: &mut Conn, id: UserId) -> Result<Login, Error> {
    Row::query().filter(users::id.eq(id.0)).get_result(conn).await?.try_into()
}

/// The account of a username.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn by_name(conn: &mut Conn, name: &OwnerName) -> Result<Option<Login>, Error> {
    let row = Row::query().filter(owners::name.eq(name.as_str())).get_result(conn).await;
    row.optional()?.map(Login::try_from).transpose()
}

/// Whether a site administrator exists.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn admin_exists(conn: &mut Conn) -> Result<bool, Error> {
    let admins = users::table.filter(users::admin);
    Ok(diesel::select(diesel::dsl::exists(admins)).get_result(conn).await?)
}

/// Makes whoever calls this in a transaction wait for whoever called it before: so that only one
/// becomes the first administrator.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn lock_setup(conn: &mut Conn) -> Result<(), Error> {
    const LOCK: i64 = 0x0073_6574_7570;
    diesel::sql_query("SELECT pg_advisory_xact_lock($1)")
        .bind::<diesel::sql_types::BigInt, _>(LOCK)
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether the password of an open account is still what `hash` was made from; it stays so for the
/// rest of the transaction.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn hold_password(conn: &mut Conn, id: UserId, hash: &str) -> Result<bool, Error> {
    let held: Option<i64> = users::table
        .find(id.0)
        .filter(users::password_hash.eq(hash))
        .filter(users::suspended_at.is_null())
        .select(users::id)
        .for_no_key_update()
        .first(conn)
        .await
        .optional()?;
    Ok(held.is_some())
}

/// Sets the password. `changed` is when its holder chose it; `None` leaves that as it was: the
/// same password, hashed with newer parameters.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn set_password_hash(
    conn: &mut Conn,
    id: UserId,
    hash: &str,
    changed: Option<DateTime<Utc>>,
) -> Result<(), Error> {
    #[derive(AsChangeset)]
    #[diesel(table_name = users)]
    struct Change<'a> {
        password_hash: &'a str,
        password_changed_at: Option<DateTime<Utc>>,
    }
    let change = Change { password_hash: hash, password_changed_at: changed };
    diesel::update(users::table.find(id.0)).set(change).execute(conn).await?;
    Ok(())
}

/// Sets the name shown to people.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn set_display_name(conn: &mut Conn, id: UserId, name: &str) -> Result<(), Error> {
    diesel::update(users::table.find(id.0)).set(users::display_name.eq(name)).execute(conn).await?;
    Ok(())
}
