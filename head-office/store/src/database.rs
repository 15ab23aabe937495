use crate::sqlite::SqliteFile;
use crate::{Row, StoreError, Value, schema};
use postgres::NoTls;
use r2d2_postgres::PostgresConnectionManager;
use rusqlite::types::ValueRef;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// How often a piece of work is begun anew because others changed the same rows.
const TRIES: u32 = 8;
/// Connections at most.
const CONNECTIONS: u32 = 8;
/// How long to wait for a connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// Which database, in the words of the command line: `satchel.db`, `postgres://USER@HOST/NAME`.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseSpec {
    /// A file.
    Sqlite(PathBuf),
    /// A server, by its connection string.
    Postgres(String),
}

impl FromStr for DatabaseSpec {
    type Err = std::convert::Infallible;

    fn from_str(spec: &str) -> Result<Self, Self::Err> {
        Ok(if spec.starts_with("postgres://") || spec.starts_with("postgresql://") {
            Self::Postgres(spec.to_owned())
        } else {
            Self::Sqlite(spec.into())
        })
    }
}

/// A connection string may carry a password: only its kind is shown.
impl fmt::Debug for DatabaseSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(file) => write!(f, "Sqlite({})", file.display()),
            Self::Postgres(_) => f.write_str("Postgres(…)"),
        }
    }
}

/// Head office's database. Cheap to clone; may be used from many threads.
#[derive(Clone)]
pub struct Database(Pool);

#[derive(Clone)]
enum Pool {
    Sqlite(r2d2::Pool<SqliteFile>),
    Postgres(r2d2::Pool<PostgresConnectionManager<NoTls>>),
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Pool::Sqlite(_) => "Database(SQLite)",
            Pool::Postgres(_) => "Database(PostgreSQL)",
        })
    }
}

impl Database {
    /// Opens it, and brings its schema up to date.
    ///
    /// # Errors
    /// It cannot be reached, or its schema is of a later version.
    pub fn open(spec: &DatabaseSpec) -> Result<Self, StoreError> {
        match spec {
            DatabaseSpec::Sqlite(file) => {
                let file = SqliteFile(file.clone());
                schema::bring_up_to_date_sqlite(&mut file.open()?)?;
                let pool = r2d2::Pool::builder().max_size(CONNECTIONS).min_idle(Some(1)).connection_timeout(PATIENCE);
                Ok(Self(Pool::Sqlite(pool.build(file)?)))
            }
            DatabaseSpec::Postgres(at) => {
                let config: postgres::Config = at.parse().map_err(StoreError::from)?;
                schema::bring_up_to_date_postgres(&mut config.connect(NoTls)?)?;
                let manager = PostgresConnectionManager::new(config, NoTls);
                let pool = r2d2::Pool::builder().max_size(CONNECTIONS).min_idle(Some(0)).connection_timeout(PATIENCE);
                Ok(Self(Pool::Postgres(pool.build(manager)?)))
            }
        }
    }

    /// One look at the database, which stands still meanwhile.
    ///
    /// # Errors
    /// Of the database, or the work's own.
    pub fn read<T, E: From<StoreError>>(&self, work: impl FnOnce(&mut Work<'_>) -> Result<T, E>) -> Result<T, E> {
        let mut work = Some(work);
        self.once(Mode::Read, &mut |doing| (work.take().expect("a look is taken once"))(doing))
    }

    /// One change. It is done whole or not at all; when others change the same rows at the same moment, it is begun
    /// anew, so `work` must do nothing but what it does to the database.
    ///
    /// # Errors
    /// Of the database, or the work's own; nothing was changed then.
    pub fn write<T, E: From<StoreError> + AsStoreError>(
        &self,
        mut work: impl FnMut(&mut Work<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tries = 1;
        loop {
            match self.once(Mode::Write, &mut work) {
                Err(error) if tries < TRIES && error.as_store_error().is_some_and(StoreError::is_passing) => {
                    log::debug!("others changed the same rows: try {tries}");
                    std::thread::sleep(Duration::from_millis(5 << tries));
                    tries += 1;
                }
                other => return other,
            }
        }
    }

    fn once<T, E: From<StoreError>>(
        &self,
        mode: Mode,
        work: &mut dyn FnMut(&mut Work<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        match &self.0 {
            Pool::Sqlite(pool) => {
                let mut connection = pool.get().map_err(StoreError::from)?;
                let behavior = match mode {
                    Mode::Read => rusqlite::TransactionBehavior::Deferred,
                    Mode::Write => rusqlite::TransactionBehavior::Immediate,
                };
                let begun = connection.transaction_with_behavior(behavior).map_err(StoreError::from)?;
                carried_out(Work(Inner::Sqlite(begun)), work)
            }
            Pool::Postgres(pool) => {
                let mut client = pool.get().map_err(StoreError::from)?;
                let begun = client.build_transaction().isolation_level(postgres::IsolationLevel::RepeatableRead);
                let begun = begun.read_only(matches!(mode, Mode::Read)).start();
                carried_out(Work(Inner::Postgres(begun.map_err(StoreError::from)?)), work)
            }
        }
    }
}

/// Dropped without a commit, a transaction is taken back.
fn carried_out<T, E: From<StoreError>>(
    mut doing: Work<'_>,
    work: &mut dyn FnMut(&mut Work<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let done = work(&mut doing)?;
    match doing.0 {
        Inner::Sqlite(transaction) => transaction.commit().map_err(StoreError::from)?,
        Inner::Postgres(transaction) => transaction.commit().map_err(StoreError::from)?,
    }
    Ok(done)
}

#[derive(Clone, Copy)]
enum Mode {
    Read,
    Write,
}

/// An error that may be the database's.
pub trait AsStoreError {
    /// The database's error, if it is one.
    fn as_store_error(&self) -> Option<&StoreError>;
}

impl AsStoreError for StoreError {
    fn as_store_error(&self) -> Option<&StoreError> {
        Some(self)
    }
}

/// A transaction. Statements name their parameters `$1`, `$2`, ….
pub struct Work<'w>(Inner<'w>);

enum Inner<'w> {
    Sqlite(rusqlite::Transaction<'w>),
    Postgres(postgres::Transaction<'w>),
}

impl Work<'_> {
    /// All rows of an answer.
    ///
    /// # Errors
    /// The statement is refused, or the database is gone.
    pub fn rows(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, StoreError> {
        match &mut self.0 {
            Inner::Sqlite(transaction) => {
                let mut statement = transaction.prepare_cached(&numbered(sql))?;
                let columns = statement.column_count();
                let mut rows = statement.query(rusqlite::params_from_iter(parameters))?;
                let mut read = Vec::new();
                while let Some(row) = rows.next()? {
                    let values = (0..columns).map(|column| Ok(of_sqlite(row.get_ref(column)?)));
                    read.push(Row(values.collect::<Result<_, StoreError>>()?));
                }
                Ok(read)
            }
            Inner::Postgres(transaction) => {
                let parameters: Vec<_> =
                    parameters.iter().map(|value| value as &(dyn postgres::types::ToSql + Sync)).collect();
                transaction.query(sql, &parameters)?.iter().map(of_postgres).collect()
            }
        }
    }

    /// The only row of an answer, or none.
    ///
    /// # Errors
    /// As [`Work::rows`].
    pub fn row(&mut self, sql: &str, parameters: &[Value]) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, parameters)?.into_iter().next())
    }

    /// Does something, and says to how many rows.
    ///
    /// # Errors
    /// As [`Work::rows`].
    pub fn run(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, StoreError> {
        match &mut self.0 {
            Inner::Sqlite(transaction) => {
                let mut statement = transaction.prepare_cached(&numbered(sql))?;
                Ok(statement.execute(rusqlite::params_from_iter(parameters))? as u64)
            }
            Inner::Postgres(transaction) => {
                let parameters: Vec<_> =
                    parameters.iter().map(|value| value as &(dyn postgres::types::ToSql + Sync)).collect();
                Ok(transaction.execute(sql, &parameters)?)
            }
        }
    }

    /// Does the same with many rows at once: `begin` is a statement up to its values, `end` what comes after them.
    ///
    /// # Errors
    /// As [`Work::rows`].
    pub fn run_many(&mut self, begin: &str, rows: &[Vec<Value>], end: &str) -> Result<(), StoreError> {
        let columns = rows.first().map_or(0, Vec::len);
        let whole = many(begin, rows.len().min(ROWS_AT_ONCE), columns, end);
        for chunk in rows.chunks(ROWS_AT_ONCE) {
            let parameters = chunk.concat();
            if chunk.len() == ROWS_AT_ONCE {
                self.run(&whole, &parameters)?;
            } else {
                self.run(&many(begin, chunk.len(), columns, end), &parameters)?;
            }
        }
        Ok(())
    }

    /// Changes a row that was read before; [`StoreError::Changed`] if it is not there as it was.
    ///
    /// # Errors
    /// As [`Work::rows`].
    pub fn change(&mut self, sql: &str, parameters: &[Value]) -> Result<(), StoreError> {
        if self.run(sql, parameters)? == 1 { Ok(()) } else { Err(StoreError::Changed) }
    }
}

/// Rows of one statement.
const ROWS_AT_ONCE: usize = 64;

/// A statement for so many rows.
fn many(begin: &str, rows: usize, columns: usize, end: &str) -> String {
    let row = |row: usize| {
        let places: Vec<String> = (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
        format!("({})", places.join(", "))
    };
    format!("{begin} {} {end}", (0..rows).map(row).collect::<Vec<_>>().join(", "))
}

/// SQLite numbers parameters by `?1`.
fn numbered(sql: &str) -> String {
    sql.replace('$', "?")
}

fn of_sqlite(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        // No column is of a kind that holds one; were there one, it would be refused where it is read.
        ValueRef::Real(_) => Value::Text("a fraction".to_owned()),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
    }
}

fn of_postgres(row: &postgres::Row) -> Result<Row, StoreError> {
    use postgres::types::Type;
    let value = |column: usize| -> Result<Value, StoreError> {
        let kind = row.columns()[column].type_();
        Ok(match *kind {
            Type::INT8 => row.try_get::<_, Option<i64>>(column)?.into(),
            Type::INT4 => row.try_get::<_, Option<i32>>(column)?.map(i64::from).into(),
            Type::BOOL => row.try_get::<_, Option<bool>>(column)?.into(),
            Type::TEXT | Type::VARCHAR => row.try_get::<_, Option<String>>(column)?.into(),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(column)?.into(),
            _ => return Err(StoreError::Damaged(format!("column {column} is a {kind}"))),
        })
    };
    Ok(Row((0..row.len()).map(value).collect::<Result<_, _>>()?))
}
