//! Markup, one component a file. None of them calls the server but [`Photos`], which sends files as they are chosen.

mod buttons;
mod chart;
mod error_summary;
mod field;
mod frame;
mod other_person;
mod pager;
mod photos;
mod radios;
mod remote;
mod said;
mod suggest;
mod timeline;
mod voice;

pub use buttons::SubmitButton;
use buttons::announce_when;
pub use chart::{Bars, PairBar, TrendChart, TrendDay};
pub use error_summary::{ErrorSummary, Errors};
pub use field::{FieldError, TextArea, TextField};
pub use frame::{BackLink, Call112, Emblem, Helpline, HelplineNumber, Languages};
pub use other_person::OtherPerson;
pub use pager::Pager;
pub use photos::{Album, PhotoStrip, Photos, photos_are_ready};
pub use radios::Radios;
pub use remote::{Failed, Loading, Remote, remote};
pub use said::Said;
pub use suggest::Suggest;
pub use timeline::Timeline;
pub use voice::{Voice, title_of};
