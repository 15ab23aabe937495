use crate::{Refusal, Terminal};
use satchel_packages::Kind;

/// Whether a package can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackageStanding {
    /// For everything.
    Good,
    /// For sales only; top-ups and refunds are refused.
    TooOldForTopUps,
    /// For nothing any more.
    TooOldForSales,
    /// It is not there.
    Missing,
}

/// Packages whose age counts. A key bundle expires by its slots instead.
const AGEING: [Kind; 4] = [Kind::Operators, Kind::BlockList, Kind::Profile, Kind::Program];

impl Terminal {
    /// Whether a package can be relied on now.
    pub fn package_standing(&self, kind: Kind) -> PackageStanding {
        let Some(days) = self.shelf.age_days(kind, self.now()) else { return PackageStanding::Missing };
        let Some(ages) = self.shelf.profile().map(|profile| profile.ages).filter(|_| AGEING.contains(&kind)) else {
            return PackageStanding::Good;
        };
        if days > ages.sale_days {
            PackageStanding::TooOldForSales
        } else if days > ages.top_up_days {
            PackageStanding::TooOldForTopUps
        } else {
            PackageStanding::Good
        }
    }

    /// Refused if a package that a sale relies on is missing or too old.
    pub(crate) fn check_packages_for_sale(&self) -> Result<(), Refusal> {
        let limit = self.profile()?.ages.sale_days;
        self.check_ages(limit)
    }

    /// Refused if a package that a top-up relies on is missing or too old.
    pub(crate) fn check_packages_for_top_up(&self) -> Result<(), Refusal> {
        let limit = self.profile()?.ages.top_up_days;
        self.check_ages(limit)
    }

    fn check_ages(&self, limit: u16) -> Result<(), Refusal> {
        let now = self.now();
        for kind in AGEING {
            let days = self.shelf.age_days(kind, now).ok_or(Refusal::PackageMissing(kind))?;
            if days > limit {
                return Err(Refusal::PackageTooOld { kind, days, limit });
            }
        }
        Ok(())
    }
}
