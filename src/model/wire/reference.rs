//! The tables that both apps need: places, departments, categories, offices.

use super::{Endpoint, Method, query};
use crate::clock::Lane;
use crate::duty::Needs;
use crate::lifecycle::{Ground, Position};
use crate::names::Names;
use crate::reason::Reasons;
use crate::{CategoryCode, DepartmentCode, Lgd, OfficeId};
use serde::{Deserialize, Serialize};

endpoint!(
    /// Approximate positions of all blocks and towns. A phone finds the nearest itself, so that its own position is not
    /// sent.
    Positions {} Get "/api/positions", Needs::Nothing, () => Vec<PlaceAt>
);

/// The approximate position of a block or town.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlaceAt {
    /// LGD code of the block or town.
    pub lgd: Lgd,
    /// Degrees north, in thousandths.
    pub north: i32,
    /// Degrees east, in thousandths.
    pub east: i32,
}

impl PlaceAt {
    /// As a position, which stands for all of a block: within some kilometres.
    #[must_use]
    pub const fn position(&self) -> Position {
        Position { latitude_micro: self.north * 1_000, longitude_micro: self.east * 1_000, accuracy_m: 5_000 }
    }
}

endpoint!(
    /// Suggests what a grievance is about from its words: at most three category codes, the likeliest first.
    SuggestCategory {} Post "/api/categories/suggested", Needs::Nothing, SuggestCategoryRequest => Vec<CategoryCode>
);

/// Body of [`SuggestCategory`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SuggestCategoryRequest {
    /// What happened, as typed.
    pub text: String,
}

endpoint!(
    /// Open offices of a department.
    Offices {
        /// Department.
        department: DepartmentCode,
        /// District whose offices come first; `None` for no preference.
        #[serde(default)]
        district: Option<Lgd>,
    } Get "/api/offices", Needs::Staff, () => Vec<Office>,
    path = |call| {
        let district = call.district.map(|code| code.to_string()).unwrap_or_default();
        format!("/api/offices{}", query([("department", &*call.department), ("district", &*district)]))
    }
);

endpoint!(
    /// Tables that both apps need.
    GetReference {} Get "/api/reference", Needs::Nothing, () => ReferenceData
);

/// A sub-office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Office {
    /// Its number.
    pub id: OfficeId,
    /// The department it belongs to.
    pub department: DepartmentCode,
    /// Its district.
    pub district: Option<Lgd>,
    /// Its name.
    pub name: Names,
    /// Whether it takes no cases any more; its name stays on what it has done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
}

endpoint!(
    /// The grounds on which a grievance may be rejected, in their order: those in use.
    Grounds {} Get "/api/grounds", Needs::Staff, () => Vec<GroundName>
);

/// A ground with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GroundName {
    /// The ground.
    pub ground: Ground,
    /// Its name.
    pub name: Names,
}

/// The tables that both apps need. They change rarely; the answer has an `ETag`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReferenceData {
    /// Name, helpline and the like.
    pub brand: Brand,
    /// Districts with their blocks and towns.
    pub districts: Vec<District>,
    /// Departments.
    pub departments: Vec<Department>,
    /// Categories with their leaves.
    pub categories: Vec<Category>,
    /// Reason trees.
    #[serde(default)]
    pub reasons: Reasons,
}

/// The names under which a deployment appears.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Brand {
    /// Name of the system.
    pub name: Names,
    /// Name of the body whose service it is.
    #[serde(default)]
    pub owner: Names,
    /// Name of the state's government.
    pub state: Names,
    /// Helpline number, ten digits.
    pub helpline: String,
    /// Hours at which the helpline is staffed.
    pub helpline_hours: Names,
    /// Host name for links in messages, such as `example.gov.in`.
    pub site: String,
}

/// A district.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct District {
    /// LGD code.
    pub lgd: Lgd,
    /// Its name.
    pub name: Names,
    /// Its blocks and towns.
    pub places: Vec<Place>,
    /// PIN codes in it: first and last of each span.
    #[serde(default)]
    pub pins: Vec<(u32, u32)>,
    /// Other names by which it is found, separated by bars.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub aliases: String,
}

/// A block or town.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Place {
    /// LGD code. A town that lies in two districts is listed in both.
    pub lgd: Lgd,
    /// Its name.
    pub name: Names,
    /// Whether it is a town.
    pub urban: bool,
    /// Other names by which it is found, separated by bars: old names, and those of places within it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub aliases: String,
}

/// A department.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Department {
    /// Code.
    pub code: DepartmentCode,
    /// Its name.
    pub name: Names,
    /// A short name, for narrow places on screen.
    pub short: Names,
}

/// A group of categories.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Category {
    /// Code.
    pub code: String,
    /// Its name.
    pub name: Names,
    /// Its leaves.
    pub leaves: Vec<Leaf>,
}

/// A leaf category, which a grievance can have.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Leaf {
    /// Code.
    pub code: CategoryCode,
    /// Its name.
    pub name: Names,
    /// Department that is responsible in rural blocks.
    pub department: DepartmentCode,
    /// Department that is responsible in towns; `None` for the same.
    pub department_urban: Option<DepartmentCode>,
    /// Limit in working days.
    pub limit_days: i64,
    /// Lane of a new case.
    pub lane: Lane,
    /// Words by which it is found in the list.
    pub keywords: Vec<String>,
}
