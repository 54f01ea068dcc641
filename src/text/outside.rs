//! A model of meaning from outside, in the format of model2vec, by local path: a table of word pieces, larger than ours.
//!
//! Only programs built with the feature `outside-model` can open one; nothing is ever fetched.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a model cannot be opened.
#[derive(Debug, Error)]
pub enum OutsideError {
    /// This program was built without.
    #[error(
        "{0}: this Vigie was built without models from outside; build it with: cargo build --release --features outside-model"
    )]
    NotBuilt(PathBuf),
    /// What the folder holds is no such model.
    #[error("{path}: no model in the format of model2vec (tokenizer.json, model.safetensors, config.json): {why}")]
    Unreadable {
        /// The folder.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

/// A model, opened.
#[derive(Debug, Clone)]
pub struct Outside {
    #[cfg(feature = "outside-model")]
    model: model2vec_rs::model::StaticModel,
    #[cfg(not(feature = "outside-model"))]
    never: std::convert::Infallible,
}

impl Outside {
    /// Opens the model in a folder.
    ///
    /// # Errors
    /// See [`OutsideError`].
    #[cfg(feature = "outside-model")]
    pub fn open(path: &Path) -> Result<Self, OutsideError> {
        // A path that is not there would be taken for the name of a model elsewhere.
        let unreadable = |why: String| OutsideError::Unreadable { path: path.to_path_buf(), why };
        if !path.is_dir() {
            return Err(unreadable("there is no such folder".into()));
        }
        let model = model2vec_rs::model::StaticModel::from_pretrained(path, None, Some(true), None)
            .map_err(|error| unreadable(format!("{error:#}")))?;
        Ok(Outside { model })
    }

    /// Says that this program cannot.
    ///
    /// # Errors
    /// Always [`OutsideError::NotBuilt`].
    #[cfg(not(feature = "outside-model"))]
    pub fn open(path: &Path) -> Result<Self, OutsideError> {
        Err(OutsideError::NotBuilt(path.to_path_buf()))
    }

    /// The direction of a text, at length 1.
    #[cfg(feature = "outside-model")]
    pub fn direction(&self, text: &str) -> Vec<f32> {
        self.model.encode_single(text)
    }

    /// There is no model to ask.
    #[cfg(not(feature = "outside-model"))]
    pub fn direction(&self, _text: &str) -> Vec<f32> {
        match self.never {}
    }
}
