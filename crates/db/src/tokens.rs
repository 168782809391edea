//! Rows of `tokens`: personal access tokens, by their SHA-256.

use crate::grant::Confirmed;
use crate::schema::{owners, tokens, users};
use crate::{Conn, Error};
use chrono::{DateTime, Duration, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel_async::RunQueryDsl;
use mlhub_domain::access::Role;
use mlhub_domain::accounts::Token;
use mlhub_domain::ids::{TokenId, UserId};
use mlhub_domain::names::OwnerName;

/// A token to be made. `Debug` leaves the hash out.
#[derive(Clone, Copy)]
pub struct NewToken<'a> {
    /// Whose.
    pub user: UserId,
    /// What its holder calls it.
    pub name: &'a str,
    /// SHA-256 of the token.
    pub hash: &'a [u8],
    /// What it may do at most.
    pub scopes: &'a [Role],
    /// Now.
    pub now: DateTime<Utc>,
    /// When it stops working.
    pub expires_at: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for NewToken<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewToken")
            .field("user", &self.user)
            .field("name", &self.name)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

/// Who comes with a token.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// The token.
    pub id: TokenId,
    /// What it may do at most.
    pub scopes: Vec<Role>,
    /// Whose it is.
    pub user: UserId,
    /// The name in addresses.
    pub username: OwnerName,
    /// The name shown to people.
    pub display_name: String,
    /// Whether it is a site administrator.
    pub admin: bool,
    /// When the token was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
}

#[derive(HasQuery)]
#[diesel(table_name = tokens)]
struct Row {
    id: i64,
    name: String,
    scopes: Vec<String>,
    created_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    last_used_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Token {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: TokenId(row.id),
            name: row.name,
            scopes: scopes(&row.scopes)?,
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
        })
    }
}

fn scopes(words: &[String]) -> Result<Vec<Role>, Error> {
    words.iter().map(|word| word.parse().map_err(Error::corrupt("scope"))).collect()
}

/// Makes a token.
///
/// # Errors
/// [`Error::Taken`] when the very same token exists.
pub async fn create(conn: &mut Conn, _: &Confirmed, new: &NewToken<'_>) -> Result<Token, Error> {
    let scopes: Vec<&str> = new.scopes.iter().map(|scope| scope.as_str()).collect();
    diesel::insert_into(tokens::table)
        .values((
            tokens::user_id.eq(new.user.0),
            tokens::name.eq(new.name),
            tokens::hash.eq(new.hash),
            tokens::scopes.eq(scopes),
            tokens::created_at.eq(new.now),
            tokens::expires_at.eq(new.expires_at),
        ))
        .returning(Row::as_returning())
        .get_result(conn)
        .await?
        .try_into()
}

/// The tokens of `user` that are called like `q` and not revoked, newest first, and how many there are.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn list(
    conn: &mut Conn,
    user: UserId,
    q: &str,
    (offset, limit): (i64, i64),
) -> Result<(Vec<Token>, i64), Error> {
    let mine = || {
        let called = sql::<Bool>("strpos(lower(tokens.name), lower(").bind::<Text, _>(q);
        let mine = tokens::user_id.eq(user.0).and(tokens::revoked_at.is_null());
        mine.and(called.sql(")) > 0"))
    };
    let rows = Row::query()
        .filter(mine())
        .order((tokens::created_at.desc(), tokens::id.desc()))
        .offset(offset)
        .limit(limit)
        .get_results(conn)
        .await?;
    let total = tokens::table.filter(mine()).count().get_result(conn).await?;
    Ok((rows.into_iter().map(Token::try_from).collect::<Result<_, _>>()?, total))
}

/// Revokes a token of `user`. Returns its name.
///
/// # Errors
/// [`Error::Missing`] when `user` has no such token, or it was revoked before.
pub async fn revoke(
    conn: &mut Conn,
    user: UserId,
    id: TokenId,
    now: DateTime<Utc>,
) -> Result<String, Error> {
    let name = diesel::update(tokens::table.find(id.0))
        .filter(tokens::user_id.eq(user.0))
        .filter(tokens::revoked_at.is_null())
        .set(tokens::revoked_at.eq(now))
        .returning(tokens::name)
        .get_result(conn)
        .await?;
    Ok(name)
}

/// Who comes with the token of this SHA-256, while it works and its account is open.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn bearer(
    conn: &mut Conn,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<Bearer>, Error> {
    type Found = (Row, i64, String, String, bool);
    let found: Option<Found> = tokens::table
        .inner_join(users::table.inner_join(owners::table))
        .filter(tokens::hash.eq(hash))
        .filter(tokens::revoked_at.is_null())
        .filter(tokens::expires_at.is_null().or(tokens::expires_at.assume_not_null().gt(now)))
        .filter(users::suspended_at.is_null())
        .select((Row::as_select(), users::id, owners::name, users::display_name, users::admin))
        .get_result(conn)
        .await
        .optional()?;
    let Some((token, user, username, display_name, admin)) = found else { return Ok(None) };
    Ok(Some(Bearer {
        id: TokenId(token.id),
        scopes: scopes(&token.scopes)?,
        user: UserId(user),
        username: username.parse().map_err(Error::corrupt("username"))?,
        display_name,
        admin,
        last_used_at: token.last_used_at,
    }))
}

/// Remembers that a token was used, at most once a minute.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn touch(conn: &mut Conn, id: TokenId, now: DateTime<Utc>) -> Result<(), Error> {
    let stale = tokens::last_used_at.assume_not_null().lt(now - Duration::minutes(1));
    diesel::update(tokens::table.find(id.0))
        .filter(tokens::last_used_at.is_null().or(stale))
        .set(tokens::last_used_at.eq(now))
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether the token still works, and its account is open.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn is_live(conn: &mut Conn, id: TokenId, now: DateTime<Utc>) -> Result<bool, Error> {
    let live = tokens::table
        .inner_join(users::table)
        .filter(tokens::id.eq(id.0))
        .filter(tokens::revoked_at.is_null())
        .filter(tokens::expires_at.is_null().or(tokens::expires_at.assume_not_null().gt(now)))
        .filter(users::suspended_at.is_null());
    Ok(diesel::select(diesel::dsl::exists(live)).get_result(conn).await?)
}
