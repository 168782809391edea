//! Signing up, logging in, passwords.

use crate::{code, fields};
use chrono::Duration;
use mlhub_domain::problem::Code;
use mlhub_hub::accounts::{
    self, NewAccount, Presented, Visit, change_password, create_user, log_in, recognise, sign_up,
};
use mlhub_testing::TestHub;
use std::sync::Arc;
use std::time::Instant;

const ADA: &str = "ada@example.org";

#[tokio::test]
async fn who_signs_up_is_signed_in_and_can_log_in_again() {
    let hub = TestHub::start().await;
    let signed = sign_up(&hub, &TestHub::account("ada"), &TestHub::visit()).await.unwrap();
    assert_eq!(signed.user.username.as_str(), "ada");
    assert_eq!((signed.user.display_name.as_str(), signed.user.admin), ("ada", false));
    assert_eq!(signed.user.created_at, hub.now());

    // The address is the same however it is written.
    let again =
        log_in(&hub, " ADA@example.org", TestHub::PASSWORD, &TestHub::visit()).await.unwrap();
    assert_eq!(again.user, signed.user);
    let audit = hub.audit_lines().await;
    let acts: Vec<&str> = audit.lines().map(|line| line.split(" {").next().unwrap()).collect();
    assert_eq!(acts, ["ada user.create ada", "ada session.start ada"]);
}

#[tokio::test]
async fn without_a_username_the_address_suggests_one_that_is_free() {
    let hub = TestHub::start().await;
    let mut names = Vec::new();
    for host in ["a.org", "b.org", "c.org"] {
        let new = NewAccount {
            email: format!("Ada.Lovelace@{host}"),
            password: TestHub::PASSWORD.into(),
            username: (host == "b.org").then(|| " ".into()),
        };
        let signed = sign_up(&hub, &new, &TestHub::visit()).await.unwrap();
        names.push(signed.user.username.to_string());
    }
    assert_eq!(names, ["ada-lovelace", "ada-lovelace-2", "ada-lovelace-3"]);
}

#[tokio::test]
async fn what_is_wrong_with_a_new_account_is_said_field_by_field() {
    let hub = TestHub::start().await;
    hub.user("ada").await;
    let try_with = async |change: fn(&mut NewAccount)| {
        let mut new = TestHub::account("bob");
        change(&mut new);
        sign_up(&hub, &new, &TestHub::visit()).await
    };
    let all = try_with(|new| {
        (new.email, new.username) = ("bob".into(), Some("Bob!".into()));
        new.password = "short".into();
    });
    let problem = all.await.unwrap_err().into_problem();
    let shown: Vec<_> =
        problem.fields.iter().map(|f| (f.field.as_str(), f.given.as_deref())).collect();
    let wrong = [("email", Some("bob")), ("username", Some("Bob!")), ("password", None)];
    assert_eq!((problem.code, &shown[..]), (Code::InvalidValue, &wrong[..]));
    for (email, taken) in [("nonsense@x", false), ("bob@x..org", false), ("bob@localhost", true)] {
        let mut new = TestHub::account("rob");
        new.email = email.into();
        let signed = sign_up(&hub, &new, &TestHub::visit()).await;
        assert_eq!(signed.is_ok(), taken, "{email}");
        if !taken {
            assert_eq!(fields(signed), ["email"], "{email}");
        }
    }

    for reserved in ["admin", "Admin"] {
        let mut new = TestHub::account("bob");
        new.username = Some(reserved.into());
        assert_eq!(fields(sign_up(&hub, &new, &TestHub::visit()).await), ["username"]);
    }
    assert_eq!(code(try_with(|new| new.username = Some("Ada".into())).await), Code::UsernameTaken);
    assert_eq!(code(try_with(|new| new.username = Some("ada".into())).await), Code::UsernameTaken);
    assert_eq!(code(try_with(|new| new.email = "ADA@example.org".into()).await), Code::EmailTaken);
    let (short, easy) = ("too short. Use at least 10", "too easy to guess. ");
    let weak = [
        ("", short),
        ("short", short),
        ("password1234", easy),
        ("bob@example.org", easy),
        ("aaaaaaaaaaaa", easy),
    ];
    for (weak, what) in weak {
        let mut new = TestHub::account("bob");
        new.password = weak.into();
        let problem = sign_up(&hub, &new, &TestHub::visit()).await.unwrap_err().into_problem();
        assert_eq!(problem.code, Code::WeakPassword, "{weak}");
        assert_eq!(problem.fields[0].given, None, "a password is never shown again");
        let said = &problem.fields[0].message;
        assert!(said.starts_with(&format!("The password is {what}")), "{weak}: {said}");
        assert_eq!(said.contains("10 characters"), what == short, "{weak}: {said}");
    }
    let mut long = TestHub::account("bob");
    long.password = "turbine plum archive ".repeat(13);
    let long = sign_up(&hub, &long, &TestHub::visit()).await.unwrap_err().into_problem();
    assert_eq!(long.code, Code::WeakPassword);
    assert_eq!(long.fields[0].message, "The password is too long. Use at most 256 bytes.");
    // None of these left anything behind.
    assert!(sign_up(&hub, &TestHub::account("bob"), &TestHub::visit()).await.is_ok());
}

#[tokio::test]
async fn a_closed_server_takes_no_accounts_but_from_its_console() {
    let hub = TestHub::start_with(Arc::new(mlhub_testing::NoTables), |settings| {
        settings.registration_open = false;
    })
    .await;
    let refused = sign_up(&hub, &TestHub::account("ada"), &TestHub::visit()).await;
    assert_eq!(code(refused), Code::RegistrationClosed);

    let new = NewAccount { email: ADA.into(), password: "weak".into(), username: None };
    let user = create_user(&hub, &new, false).await.unwrap();
    assert_eq!((user.username.as_str(), user.admin), ("ada", false));
    assert!(log_in(&hub, ADA, "weak", &TestHub::visit()).await.is_ok());
    assert_eq!(code(create_user(&hub, &new, false).await), Code::EmailTaken);
}

#[tokio::test]
async fn a_login_tells_nothing_about_who_exists() {
    let hub = TestHub::start().await;
    hub.user("ada").await;
    hub.user("eve").await;
    hub.database().execute("UPDATE users SET suspended_at = now() WHERE email LIKE 'eve@%'").await;

    let mut answers = Vec::new();
    for (email, password) in [
        (ADA, "not her password"),
        ("nobody@example.org", TestHub::PASSWORD),
        ("eve@example.org", TestHub::PASSWORD),
        ("no address", TestHub::PASSWORD),
        (ADA, "x".repeat(5_000).as_str()),
    ] {
        let error = log_in(&hub, email, password, &TestHub::visit()).await.unwrap_err();
        answers.push(error.into_problem());
    }
    assert_eq!(answers[0].code, Code::WrongCredentials);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}

#[tokio::test]
async fn an_unknown_address_takes_as_long_as_a_wrong_password() {
    let hub = TestHub::start_with(Arc::new(mlhub_testing::NoTables), |settings| {
        settings.logins_per_account.burst = 1e6;
        settings.logins_per_address.burst = 1e6;
    })
    .await;
    hub.user("ada").await;
    let median = async |email: &str| {
        let mut times = Vec::new();
        for _ in 0..7 {
            let start = Instant::now();
            log_in(&hub, email, "not the password", &TestHub::visit()).await.unwrap_err();
            times.push(start.elapsed());
        }
        times.sort();
        times[3]
    };
    let (known, unknown) = (median(ADA).await, median("nobody@example.org").await);
    // Without the dummy hash the ratio is below a tenth; a busy machine does not make it that.
    assert!(unknown * 3 > known && known * 3 > unknown, "{known:?} and {unknown:?}");
}

#[tokio::test]
async fn too_many_tries_for_one_account_must_wait_and_a_success_forgives_them() {
    let hub = TestHub::start().await;
    hub.user("ada").await;
    let far = |n: u8| Visit { address: [198, 51, 100, n].into(), agent: String::new() };
    let wrong = async |email: &str, n| code(log_in(&hub, email, "wrong", &far(n)).await);

    for n in 0..10 {
        assert_eq!(wrong(ADA, n).await, Code::WrongCredentials);
    }
    assert_eq!(wrong(ADA, 11).await, Code::RateLimited, "from wherever they come");
    assert_eq!(wrong("ADA@example.org ", 12).await, Code::RateLimited, "however it is written");
    let right = log_in(&hub, ADA, TestHub::PASSWORD, &far(13)).await.unwrap_err();
    assert_eq!(right.problem().detail, "That was too often. Try again in 30 seconds.");
    for n in 20..30 {
        assert_eq!(wrong("nobody@example.org", n).await, Code::WrongCredentials);
    }
    assert_eq!(wrong("nobody@example.org", 31).await, Code::RateLimited, "as if they existed");

    hub.advance(Duration::seconds(30));
    log_in(&hub, ADA, TestHub::PASSWORD, &far(14)).await.unwrap();
    for n in 0..10 {
        assert_eq!(wrong(ADA, n).await, Code::WrongCredentials);
    }
}

#[tokio::test]
async fn too_many_tries_from_one_address_must_wait_whoever_they_are_for() {
    let hub = TestHub::start_with(Arc::new(mlhub_testing::NoTables), |settings| {
        settings.logins_per_address.burst = 3.0;
        settings.sign_ups_per_address.burst = 2.0;
    })
    .await;
    let from = |text: &str| Visit { address: text.parse().unwrap(), agent: String::new() };
    let wrong = async |n: u32, address: &str| {
        let email = format!("user{n}@example.org");
        code(log_in(&hub, &email, "wrong", &from(address)).await)
    };
    for n in 0..3 {
        assert_eq!(wrong(n, "2001:db8::1").await, Code::WrongCredentials);
    }
    assert_eq!(wrong(4, "2001:db8::2").await, Code::RateLimited, "the same customer");
    assert_eq!(wrong(5, "2001:db8:0:1::1").await, Code::WrongCredentials, "another one");
    for n in 10..20 {
        assert_eq!(wrong(n, "127.0.0.1").await, Code::WrongCredentials, "this machine");
    }

    let visit = TestHub::visit();
    sign_up(&hub, &TestHub::account("u1"), &visit).await.unwrap();
    sign_up(&hub, &TestHub::account("u2"), &visit).await.unwrap();
    assert_eq!(code(sign_up(&hub, &TestHub::account("u3"), &visit).await), Code::RateLimited);
}

#[tokio::test]
async fn a_password_hashed_with_old_parameters_is_hashed_anew_at_login() {
    let hub = TestHub::start().await;
    hub.user("ada").await;
    // argon2id of "an old password of hers" with 8 KiB and one pass.
    let weak = weak_hash("an old password of hers");
    hub.database().execute(&format!("UPDATE users SET password_hash = '{weak}'")).await;

    log_in(&hub, ADA, "an old password of hers", &TestHub::visit()).await.unwrap();
    let hash = hub.database().value("SELECT password_hash FROM users").await.unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    log_in(&hub, ADA, "an old password of hers", &TestHub::visit()).await.unwrap();
}

fn weak_hash(password: &str) -> String {
    use argon2::password_hash::PasswordHasher as _;
    let weak = argon2::Argon2::from(argon2::Params::new(8, 1, 1, None).unwrap());
    let hash: argon2::password_hash::phc::PasswordHash =
        weak.hash_password(password.as_bytes()).unwrap();
    hash.to_string()
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions() {
    let hub = TestHub::start().await;
    let here = sign_up(&hub, &TestHub::account("ada"), &TestHub::visit()).await.unwrap();
    let there = log_in(&hub, ADA, TestHub::PASSWORD, &TestHub::visit()).await.unwrap();
    let who = async |access: &str, refresh: &str| {
        let presented =
            Presented { access: Some(access), refresh: Some(refresh), ..Presented::default() };
        recognise(&hub, presented).await.unwrap()
    };
    let accounts::Recognised::Known(actor) = who(&here.cookies.access, &here.cookies.refresh).await
    else {
        panic!("just signed up");
    };

    let new = "marble oxygen tuesday";
    let wrong = change_password(&hub, &actor, "not it", new).await;
    let wrong = wrong.unwrap_err().into_problem();
    assert_eq!(
        (wrong.code, wrong.fields[0].field.as_str()),
        (Code::InvalidValue, "current_password")
    );
    let weak = change_password(&hub, &actor, TestHub::PASSWORD, "ada@example.org").await;
    assert_eq!(code(weak), Code::WeakPassword);
    let same = change_password(&hub, &actor, TestHub::PASSWORD, TestHub::PASSWORD).await;
    let same = same.unwrap_err().into_problem();
    assert_eq!((same.code, same.fields[0].field.as_str()), (Code::InvalidValue, "password"));
    change_password(&hub, &actor, TestHub::PASSWORD, new).await.unwrap();

    let other = who(&there.cookies.access, &there.cookies.refresh).await;
    assert!(matches!(other, accounts::Recognised::Stale), "{other:?}");
    let mine = who(&here.cookies.access, &here.cookies.refresh).await;
    assert!(matches!(mine, accounts::Recognised::Known(_)), "{mine:?}");
    assert_eq!(
        code(log_in(&hub, ADA, TestHub::PASSWORD, &TestHub::visit()).await),
        Code::WrongCredentials
    );
    log_in(&hub, ADA, new, &TestHub::visit()).await.unwrap();
}

#[tokio::test]
async fn a_display_name_is_a_line_and_shows_in_the_account() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    for bad in ["", "  ", "two\nlines", &"x".repeat(81)] {
        assert_eq!(fields(accounts::set_display_name(&hub, &ada, bad).await), ["display_name"]);
    }
    accounts::set_display_name(&hub, &ada, " Ada Lovelace ").await.unwrap();
    assert_eq!(accounts::me(&hub, &ada).await.unwrap().display_name, "Ada Lovelace");
}

#[tokio::test]
async fn a_username_is_the_same_however_it_is_written() {
    let hub = TestHub::start().await;
    let mut new = TestHub::account("ada");
    new.username = Some(" Ada-Lovelace".into());
    let signed = sign_up(&hub, &new, &TestHub::visit()).await.unwrap();
    assert_eq!(signed.user.username.as_str(), "ada-lovelace");
}

#[tokio::test]
async fn what_is_printed_for_whoever_looks_for_a_mistake_holds_no_secret() {
    let hub = TestHub::start().await;
    let new = TestHub::account("ada");
    let signed = sign_up(&hub, &new, &TestHub::visit()).await.unwrap();
    let mut conn = hub.pool().get().await.unwrap();
    let login = mlhub_db::accounts::by_email(&mut conn, &signed.user.email).await.unwrap().unwrap();
    let (access, refresh) = (&signed.cookies.access, &signed.cookies.refresh);
    let presented =
        Presented { bearer: Some("mlh_secret"), access: Some(access), refresh: Some(refresh) };
    let family = refresh.split('.').next().unwrap().parse().unwrap();
    let stored = mlhub_db::sessions::find(&mut conn, family).await.unwrap().unwrap();
    let secret = format!("{:?}", stored.secret);
    let shown = format!("{new:?} {signed:?} {login:?} {presented:?} {stored:?}");
    let hash = login.password_hash.as_str();
    for secret in [TestHub::PASSWORD, access.as_str(), refresh, hash, "mlh_secret", &secret] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    assert!(shown.contains("ada@example.org"), "the rest is there: {shown}");
}
