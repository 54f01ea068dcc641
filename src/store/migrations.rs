//! The schema, version by version; a database is brought up to date when it is opened.

use sqlx::SqlitePool;

use super::{Result, StoreError};

/// Every migration in order, from 1. Never change one that was released: add another.
const MIGRATIONS: [&str; 2] =
    [include_str!("../../migrations/0001_start.sql"), include_str!("../../migrations/0002_collecting.sql")];

/// Name of binary columns in this engine.
const BYTES: &str = "blob";

/// Applies what is missing, each migration in one transaction.
pub(super) async fn run(pool: &SqlitePool) -> Result<()> {
    sqlx::query("create table if not exists schema_version (version bigint primary key)").execute(pool).await?;
    let found: Option<i64> = sqlx::query_scalar("select max(version) from schema_version").fetch_one(pool).await?;
    let found = found.unwrap_or(0);
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for (version, text) in (1..).zip(MIGRATIONS) {
        if version <= found {
            continue;
        }
        let mut transaction = pool.begin_with("begin immediate").await?;
        let text = text.replace("{bytes}", BYTES);
        // The text is ours, compiled in: nothing from outside is in it.
        sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut *transaction).await?;
        sqlx::query("insert into schema_version (version) values ($1)")
            .bind(version)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
    }
    Ok(())
}
