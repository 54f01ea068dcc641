//! The full-text index: derived from the store, thrown away and rebuilt at will.
//!
//! Each commit carries the sequence number up to which the store is in it and the version of the analysis that made
//! it; opening an index made otherwise starts it afresh.

mod query;
mod snippet;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::{IndexReader, IndexWriter, TantivyDocument, TantivyError, Term};
use thiserror::Error;

use crate::domain::{Item, ItemId, Tagged};
use crate::text::reading::Reading;
use crate::text::tokens::{ANALYSIS_VERSION, Token};

pub use query::{Filters, Hit, QueryError, SearchResults};
pub use snippet::{Snippet, snippet};

/// Version of the fields below; raise it when they change.
const SCHEMA_VERSION: &str = "2";
/// Memory of the one writing thread, in bytes. Half of it is gone before the first word; with less, segments are many, and
/// each is sorted and merged.
const WRITER_MEMORY: usize = 20_000_000;

/// What went wrong with the index, told for the person who runs it.
#[derive(Debug, Error)]
pub enum IndexError {
    /// Another process writes it.
    #[error("the index is being written by another Vigie; try again when it has finished")]
    Busy,
    /// Anything else.
    #[error("the index failed: {0}; it can be rebuilt with: vigie reindex")]
    Engine(String),
    /// The folder cannot be made or emptied.
    #[error("the folder of the index {path} cannot be used: {source}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl From<TantivyError> for IndexError {
    fn from(error: TantivyError) -> Self {
        match error {
            TantivyError::LockFailure(..) => IndexError::Busy,
            other => IndexError::Engine(other.to_string()),
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Fields {
    id: Field,
    title: Field,
    body: Field,
    topic: Field,
    source: Field,
    language: Field,
    class: Field,
    published: Field,
}

/// What each commit carries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Mark {
    seq: i64,
    analysis: String,
    store: String,
}

impl Mark {
    fn version() -> String {
        format!("{SCHEMA_VERSION}-{ANALYSIS_VERSION}")
    }
}

/// An item in the form of the index, made of the words that were read once for tagging, grouping and this.
#[derive(Debug)]
pub struct Entry {
    id: ItemId,
    document: TantivyDocument,
}

impl Entry {
    /// The entry of an item.
    pub fn of(item: &Item, tags: &Tagged, reading: &Reading) -> Self {
        Entry { id: item.id, document: document(&SCHEMA.1, item, tags, reading) }
    }

    /// The number of its item.
    pub fn id(&self) -> ItemId {
        self.id
    }
}

/// The fields, the same in every index of this version.
static SCHEMA: LazyLock<(Schema, Fields)> = LazyLock::new(schema);

/// The index, open.
pub struct SearchIndex {
    index: tantivy::Index,
    reader: IndexReader,
    fields: Fields,
    store: String,
}

impl std::fmt::Debug for SearchIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SearchIndex")
    }
}

impl SearchIndex {
    /// Opens the index of the store `store` in `dir`; one that is missing, damaged, made by another version or from
    /// another store starts afresh and empty.
    ///
    /// # Errors
    /// [`IndexError::Folder`] when the folder cannot be used.
    pub fn open(dir: &Path, store: &str) -> Result<Self, IndexError> {
        if let Ok(found) = Self::open_existing(dir, store) {
            let fits = |mark: Mark| mark.analysis == Mark::version() && mark.store == store;
            if found.mark().is_none_or(fits) {
                return Ok(found);
            }
        }
        Self::wipe(dir, store)
    }

    /// Empties the folder `dir` and starts an empty index in it.
    ///
    /// # Errors
    /// [`IndexError::Folder`] when the folder cannot be used.
    pub fn wipe(dir: &Path, store: &str) -> Result<Self, IndexError> {
        let folder = |source| IndexError::Folder { path: dir.to_path_buf(), source };
        if dir.exists() {
            fs::remove_dir_all(dir).map_err(folder)?;
        }
        fs::create_dir_all(dir).map_err(folder)?;
        let (schema, fields) = SCHEMA.clone();
        let index = tantivy::Index::create_in_dir(dir, schema)?;
        let reader = index.reader()?;
        Ok(SearchIndex { index, reader, fields, store: store.to_owned() })
    }

    fn open_existing(dir: &Path, store: &str) -> Result<Self, IndexError> {
        let index = tantivy::Index::open_in_dir(dir)?;
        let (schema, fields) = SCHEMA.clone();
        if index.schema() != schema {
            return Err(IndexError::Engine("its fields are those of another version".into()));
        }
        let reader = index.reader()?;
        Ok(SearchIndex { index, reader, fields, store: store.to_owned() })
    }

    fn mark(&self) -> Option<Mark> {
        let payload = self.index.load_metas().ok()?.payload?;
        serde_json::from_str(&payload).ok()
    }

    /// Sequence number up to which the store is in the index; 0 for an empty one.
    pub fn seq(&self) -> i64 {
        self.mark().map_or(0, |mark| mark.seq)
    }

    /// Number of items in it.
    pub fn len(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    /// True when it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Begins to write. Only one writer may exist at a time, over all processes.
    ///
    /// # Errors
    /// [`IndexError::Busy`] when there is another.
    pub fn writer(&self) -> Result<Writer<'_>, IndexError> {
        let writer = self.index.writer_with_num_threads(1, WRITER_MEMORY)?;
        Ok(Writer { index: self, writer })
    }
}

/// The one writer; what is not committed is not there.
pub struct Writer<'a> {
    index: &'a SearchIndex,
    writer: IndexWriter,
}

impl Writer<'_> {
    /// Puts an item in that never was.
    ///
    /// # Errors
    /// When the engine fails, a full disk for instance.
    pub fn add(&mut self, entry: Entry) -> Result<(), IndexError> {
        self.writer.add_document(entry.document)?;
        Ok(())
    }

    /// Puts an item in the place of what stood under its number.
    ///
    /// # Errors
    /// When the engine fails, a full disk for instance.
    pub fn replace(&mut self, entry: Entry) -> Result<(), IndexError> {
        self.writer.delete_term(Term::from_field_i64(self.index.fields.id, entry.id.0));
        self.add(entry)
    }

    /// Commits, with the sequence number that the store is now complete up to.
    ///
    /// # Errors
    /// When the engine fails; nothing of the batch is in the index then.
    pub fn commit(mut self, seq: i64) -> Result<(), IndexError> {
        let mark = Mark { seq, analysis: Mark::version(), store: self.index.store.clone() };
        let payload = serde_json::to_string(&mark).map_err(|error| IndexError::Engine(error.to_string()))?;
        let mut commit = self.writer.prepare_commit()?;
        commit.set_payload(&payload);
        commit.commit()?;
        self.writer.wait_merging_threads()?;
        self.index.reader.reload()?;
        Ok(())
    }
}

fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let words = || {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("whitespace")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        TextOptions::default().set_indexing_options(indexing)
    };
    let fields = Fields {
        id: builder.add_i64_field("id", INDEXED | STORED | FAST),
        title: builder.add_text_field("title", words()),
        body: builder.add_text_field("body", words()),
        topic: builder.add_text_field("topic", STRING),
        source: builder.add_text_field("source", STRING),
        language: builder.add_text_field("language", STRING),
        class: builder.add_text_field("class", STRING),
        published: builder.add_i64_field("published", INDEXED | FAST),
    };
    (builder.build(), fields)
}

fn document(fields: &Fields, item: &Item, tags: &Tagged, reading: &Reading) -> TantivyDocument {
    let mut document = TantivyDocument::default();
    document.add_i64(fields.id, item.id.0);
    document.add_text(fields.title, stems(&reading.title));
    document.add_text(fields.body, stems(&reading.body));
    for topic in &tags.topics {
        document.add_text(fields.topic, &topic.topic);
    }
    document.add_text(fields.source, &item.source);
    document.add_text(fields.language, item.language.code());
    document.add_text(fields.class, item.class.as_str());
    document.add_i64(fields.published, item.published.at.as_millisecond());
    document
}

/// Stems only, a space between two: the text itself is in the store, once. Splitting at spaces is the cheapest way to
/// hand words over that were found already.
fn stems(words: &[Token]) -> String {
    let mut text = String::with_capacity(words.len() * 7);
    for token in words {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(token.stem());
    }
    text
}
