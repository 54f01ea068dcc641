//! The schema, version by version; a database is brought up to date when it is opened.

use super::engine::{on, transaction};
use super::{Result, Store, StoreError};

/// Every migration in order, from 1. Never change one that was released: add another.
const MIGRATIONS: [&str; 6] = [
    include_str!("../../migrations/0001_start.sql"),
    include_str!("../../migrations/0002_collecting.sql"),
    include_str!("../../migrations/0003_access.sql"),
    include_str!("../../migrations/0004_mail.sql"),
    include_str!("../../migrations/0005_relevance.sql"),
    include_str!("../../migrations/0006_review.sql"),
];

/// Applies what is missing, each migration in one transaction.
pub(super) async fn run(store: &Store) -> Result<()> {
    on!(store, write, |db| {
        sqlx::query("create table if not exists schema_version (version bigint primary key)")
            .execute(db)
            .await
            .map(|_| ())
    })?;
    let found: Option<i64> =
        on!(store, write, |db| sqlx::query_scalar("select max(version) from schema_version").fetch_one(db).await)?;
    let found = found.unwrap_or(0);
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for (version, text) in (1_i64..).zip(MIGRATIONS) {
        if version <= found {
            continue;
        }
        let text = store.engine.dialect(text);
        transaction!(store, |connection| {
            // The text is ours, compiled in: nothing from outside is in it.
            sqlx::raw_sql(sqlx::AssertSqlSafe(text.clone())).execute(&mut *connection).await?;
            sqlx::query("insert into schema_version (version) values ($1)").bind(version).execute(connection).await?;
        });
    }
    Ok(())
}
