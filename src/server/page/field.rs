//! The fields of a plain form and their errors.

use super::received::PHOTO;
use crate::words::Words;
use maud::{Markup, html};

/// An error, for the summary and beside the field.
#[derive(Debug, Clone)]
pub struct Wrong<'a> {
    /// Id of the control; empty where no field can correct it.
    pub id: &'a str,
    /// What to do.
    pub words: String,
}

/// The summary above the heading; empty without errors.
#[must_use]
pub fn summary(words: &Words, wrong: &[Wrong<'_>]) -> Markup {
    html! {
        @if !wrong.is_empty() {
            div class="summary" id="error-summary" tabindex="-1" autofocus {
                div role="alert" {
                    h2 { (words.say("error.summary")) }
                    ul {
                        @for Wrong { id, words } in wrong {
                            li { @if id.is_empty() { (words) } @else { a href={ "#" (id) } { (words) } } }
                        }
                    }
                }
            }
        }
    }
}

/// A field with its label.
#[derive(Debug, Clone, Copy, Default)]
pub struct Field<'a> {
    /// Id of the control.
    pub id: &'a str,
    /// Its name where that differs from the id, because several forms of a page use the same name for their text.
    pub name: Option<&'a str>,
    /// The label.
    pub label: &'a str,
    /// What was typed.
    pub value: &'a str,
    /// Rows of a text area; 0 for a single line.
    pub rows: u8,
    /// The attribute of the same name; the same holds for the following fields.
    pub kind: Option<&'a str>,
    pub inputmode: Option<&'a str>,
    pub autocomplete: Option<&'a str>,
    pub spellcheck: Option<&'a str>,
    pub accept: Option<&'a str>,
}

impl<'a> Field<'a> {
    /// A field for a mobile number.
    #[must_use]
    pub fn mobile(label: &'a str, value: &'a str) -> Self {
        let tel = Some("tel");
        Self { id: "mobile", label, value, kind: tel, inputmode: tel, autocomplete: tel, ..Self::default() }
    }

    /// A field for a photo.
    #[must_use]
    pub fn photo(id: &'a str, label: &'a str) -> Self {
        let accept = Some("image/jpeg,image/png,image/webp");
        Self { id, name: Some(PHOTO), label, kind: Some("file"), accept, ..Self::default() }
    }

    /// The field with its errors.
    #[must_use]
    pub fn with(self, wrong: &[Wrong<'_>]) -> Markup {
        let Self { id, label, value, rows, kind, inputmode, autocomplete, spellcheck, accept, .. } = self;
        let name = self.name.unwrap_or(id);
        let errors: Vec<_> = wrong.iter().filter(|wrong| wrong.id == id).collect();
        let invalid = (!errors.is_empty()).then_some("true");
        let described = invalid.map(|_| format!("{id}-error"));
        html! {
            div class=(if errors.is_empty() { "field" } else { "field wrong" }) {
                label for=(id) { (label) }
                @for error in &errors { p class="error" id={ (id) "-error" } { (error.words) } }
                @if rows == 0 {
                    input id=(id) name=(name) value=(value) type=[kind] inputmode=[inputmode] autocomplete=[autocomplete]
                        spellcheck=[spellcheck] accept=[accept] aria-invalid=[invalid] aria-describedby=[described];
                } @else {
                    textarea id=(id) name=(name) rows=(rows) autocomplete=[autocomplete] aria-invalid=[invalid]
                        aria-describedby=[described] { (value) }
                }
            }
        }
    }
}

/// A hidden field.
#[must_use]
pub fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}
