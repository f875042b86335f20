//! The tables that both apps need: places, departments, categories, offices.

use super::{Endpoint, Method, query};
use crate::clock::Lane;
use crate::duty::Needs;
use crate::names::Names;
use crate::reason::Reasons;
use crate::{CategoryCode, DepartmentCode, Lgd, OfficeId};
use serde::{Deserialize, Serialize};

endpoint!(
    /// About where blocks and towns lie. A phone asks for all of them and finds the nearest itself: where it is stays with it.
    Positions {} Get "/api/positions", Needs::Nothing, () => Vec<PlaceAt>
);

/// About where a block or town lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlaceAt {
    /// LGD code of the block or town.
    pub lgd: Lgd,
    /// Latitude in thousandths of a degree, north.
    pub north: i32,
    /// Longitude in thousandths of a degree, east.
    pub east: i32,
}

endpoint!(
    /// What a grievance may be about, by its words: the codes of at most three categories, the likeliest first.
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
    /// Offices of a department.
    Offices {
        /// Of which.
        department: DepartmentCode,
        /// Those of this district first.
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
    /// Whose it is.
    pub department: DepartmentCode,
    /// Its district.
    pub district: Option<Lgd>,
    /// Its name.
    pub name: Names,
}

/// Tables that both apps need; changes rarely, carries an `ETag`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReferenceData {
    /// Name, helpline and so on.
    pub brand: Brand,
    /// Districts with their blocks and towns.
    pub districts: Vec<District>,
    /// Departments.
    pub departments: Vec<Department>,
    /// Categories with their leaves.
    pub categories: Vec<Category>,
    /// What each category asks.
    #[serde(default)]
    pub reasons: Reasons,
}

/// What a deployment calls itself.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Brand {
    /// Of the system.
    pub name: Names,
    /// Whose service it is.
    #[serde(default)]
    pub owner: Names,
    /// Of the state's government.
    pub state: Names,
    /// Ten digits.
    pub helpline: String,
    /// When it is staffed.
    pub helpline_hours: Names,
    /// `example.gov.in`, for messages.
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
    /// The PIN codes that lie in it: first and last of each span.
    #[serde(default)]
    pub pins: Vec<(u32, u32)>,
    /// Other names by which it is found, parted by bars.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub also: String,
}

/// A block or town.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Place {
    /// LGD code; a town that lies in two districts stands in both.
    pub lgd: Lgd,
    /// Its name.
    pub name: Names,
    /// Whether it is a town.
    pub urban: bool,
    /// Other names by which it is found, parted by bars: old ones, and those of places within it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub also: String,
}

/// A department.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Department {
    /// Code.
    pub code: DepartmentCode,
    /// Its name.
    pub name: Names,
    /// A short name for narrow places.
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

/// A category that a grievance can have.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Leaf {
    /// Code.
    pub code: CategoryCode,
    /// Its name.
    pub name: Names,
    /// Whose it is in the countryside.
    pub department: DepartmentCode,
    /// Whose it is in towns.
    pub department_urban: Option<DepartmentCode>,
    /// Working days.
    pub limit_days: i64,
    /// The lane it starts in.
    pub lane: Lane,
    /// Words by which it is suggested.
    pub keywords: Vec<String>,
}
