//! Migrations: each can be taken back, and what is made again is what it was.

use mlhub_testing::database::Database;
use std::fs;
use std::path::{Path, PathBuf};

/// All that our migrations make, a line for each thing, as PostgreSQL describes it.
const SCHEMA: &str = r"
WITH ours AS (
    SELECT oid, relname, relkind FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE '\_\_diesel%'
)
SELECT string_agg(line, E'\n' ORDER BY line) FROM (
    SELECT format('%s %s', relkind, relname) FROM ours
    UNION ALL
    SELECT format('%s.%s %s %s %s %s', relname, attname, format_type(atttypid, atttypmod),
        attnotnull, attidentity, pg_get_expr(adbin, adrelid))
    FROM ours JOIN pg_attribute ON attrelid = oid AND attnum > 0 AND NOT attisdropped
        LEFT JOIN pg_attrdef ON (adrelid, adnum) = (attrelid, attnum)
    WHERE relkind = 'r'
    UNION ALL
    SELECT format('%s %s %s', relname, conname, pg_get_constraintdef(c.oid))
    FROM ours JOIN pg_constraint c ON conrelid = ours.oid
    UNION ALL
    SELECT pg_get_indexdef(indexrelid) FROM ours JOIN pg_index ON indexrelid = oid
    UNION ALL
    SELECT pg_get_triggerdef(t.oid) FROM ours JOIN pg_trigger t ON tgrelid = ours.oid
    WHERE NOT tgisinternal
    UNION ALL
    SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL
    SELECT format('%s %s', typname, typtype) FROM pg_type
    WHERE typnamespace = 'public'::regnamespace AND typtype IN ('d', 'e')
    UNION ALL
    SELECT format('%s: %s', pg_describe_object(classoid, objoid, objsubid), description)
    FROM pg_description JOIN ours ON (classoid, objoid) = ('pg_class'::regclass, oid)
) AS described (line)";

/// The folders of our migrations, the oldest first.
fn migrations() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let mut all: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

#[tokio::test]
async fn every_migration_can_be_taken_back_and_made_again() {
    let database = Database::create().await;
    let run = async |migration: &PathBuf, way: &str| {
        database.execute(&fs::read_to_string(migration.join(way)).unwrap()).await;
        database.value(SCHEMA).await
    };
    let today = database.value(SCHEMA).await;
    for table in ["users", "dataset_versions", "run_events", "idempotency_keys"] {
        let made = format!("\nr {table}\n");
        assert!(today.as_ref().is_some_and(|today| today.contains(&made)), "{table}: {today:?}");
    }
    let (all, mut now) = (migrations(), today.clone());
    for migration in all.iter().rev() {
        now = run(migration, "down.sql").await;
    }
    assert_eq!(now, None, "is left when all are taken back");
    for migration in &all {
        let before = now;
        now = run(migration, "up.sql").await;
        assert_eq!(run(migration, "down.sql").await, before, "{} taken back", migration.display());
        assert_eq!(run(migration, "up.sql").await, now, "{} made again", migration.display());
    }
    assert_eq!(now, today);
}

#[tokio::test]
async fn whoever_was_signed_in_gave_their_password_when_they_signed_in() {
    let database = Database::create().await;
    let file = |way| {
        let name = Path::new("2026-11-26-1010_authenticated_at").join(way);
        let found = migrations().into_iter().find(|folder| folder.join(way).ends_with(&name));
        fs::read_to_string(found.unwrap().join(way)).unwrap()
    };
    database.execute(&file("down.sql")).await;
    let signed_in = "INSERT INTO owners (id, name) VALUES (7, 'ada'); \
                     INSERT INTO users (id, email, display_name, password_hash) \
                         VALUES (7, 'ada@example.org', 'Ada', '-'); \
                     INSERT INTO sessions (user_id, family, secret, agent, created_at, expires_at) \
                         VALUES (7, gen_random_uuid(), '', '', '2026-11-25', '2026-12-25')";
    database.execute(signed_in).await;
    database.execute(&file("up.sql")).await;
    let given = "SELECT authenticated_at::date FROM sessions";
    assert_eq!(database.value(given).await.as_deref(), Some("2026-11-25"));
}

#[tokio::test]
async fn a_key_without_an_answer_is_forgotten_and_one_with_its_answer_stays() {
    let database = Database::create().await;
    let answers = "2026-11-26-0300_answers_commit";
    let run = async |migration: &Path, way: &str| {
        database.execute(&fs::read_to_string(migration.join(way)).unwrap()).await;
    };
    let all = migrations();
    let from = all.iter().position(|migration| migration.ends_with(answers)).unwrap();
    for migration in all[from..].iter().rev() {
        run(migration, "down.sql").await;
    }
    let keys = "INSERT INTO owners (id, name) VALUES (7, 'ada'); \
                INSERT INTO users (id, email, display_name, password_hash) \
                    VALUES (7, 'ada@example.org', 'Ada', '-'); \
                INSERT INTO idempotency_keys (user_id, key, fingerprint, answer) \
                    VALUES (7, 'waits', 'x', NULL), (7, 'has', 'x', '{\"run\": 1}')";
    database.execute(keys).await;
    run(&all[from], "up.sql").await;
    let left = "SELECT string_agg(key || ' ' || answer::text, ',') FROM idempotency_keys";
    let kept = Some("has {\"run\": 1}");
    assert_eq!(database.value(left).await.as_deref(), kept);
    run(&all[from], "down.sql").await;
    assert_eq!(database.value(left).await.as_deref(), kept, "taken back");
    run(&all[from], "up.sql").await;
    assert_eq!(database.value(left).await.as_deref(), kept, "made again");
}
