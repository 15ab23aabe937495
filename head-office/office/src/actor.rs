use serde::{Deserialize, Serialize};

/// Somebody at head office, doing something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Their login.
    pub login: String,
    /// Their duty.
    pub duty: Duty,
}

/// What an officer is there for. Each has the least it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Duty {
    /// Appoints officers, and sees to the settings.
    Administrator,
    /// Makes and changes keys, together with another.
    KeyOfficer,
    /// Issues cards.
    Issuer,
    /// Serves members: their data, and the life of their cards.
    MemberService,
    /// Runs stores, terminals and the people at them.
    Operations,
    /// Drafts and reviews what terminals are set up with.
    SetUp,
    /// Collects what terminals sent, and looks into what does not fit.
    Settlement,
    /// Looks at everything, changes nothing.
    Auditor,
}

/// What one may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// See cards, batches, places, terminals.
    Look,
    /// See members' personal data.
    LookAtMembers,
    /// See the audit trail.
    Audit,
    /// Appoint and dismiss officers, change settings.
    Appoint,
    /// Make, roll over and retire keys.
    UseKeys,
    /// Order and issue cards.
    Issue,
    /// Change members' data.
    ServeMembers,
    /// Block, unblock, replace cards.
    ServeCards,
    /// Change places, profiles, terminals and people.
    RunPlaces,
    /// Draft, review and publish what terminals are set up with.
    SetUp,
    /// Collect and settle what terminals sent.
    Settle,
}

impl Duty {
    /// Every duty.
    pub const ALL: [Self; 8] = [
        Self::Administrator,
        Self::KeyOfficer,
        Self::Issuer,
        Self::MemberService,
        Self::Operations,
        Self::SetUp,
        Self::Settlement,
        Self::Auditor,
    ];

    /// As it is stored and typed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::KeyOfficer => "key-officer",
            Self::Issuer => "issuer",
            Self::MemberService => "member-service",
            Self::Operations => "operations",
            Self::SetUp => "set-up",
            Self::Settlement => "settlement",
            Self::Auditor => "auditor",
        }
    }

    /// From its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|duty| duty.name() == name)
    }

    /// Whether it allows this.
    pub const fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match permission {
            P::Look => true,
            P::LookAtMembers => matches!(self, Self::MemberService | Self::Issuer | Self::Auditor),
            P::Audit => matches!(self, Self::Auditor | Self::Administrator),
            P::Appoint => matches!(self, Self::Administrator),
            P::UseKeys => matches!(self, Self::KeyOfficer),
            P::Issue => matches!(self, Self::Issuer),
            P::ServeMembers | P::ServeCards => matches!(self, Self::MemberService),
            P::RunPlaces => matches!(self, Self::Operations),
            P::SetUp => matches!(self, Self::SetUp),
            P::Settle => matches!(self, Self::Settlement),
        }
    }
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 11] = [
        Self::Look,
        Self::LookAtMembers,
        Self::Audit,
        Self::Appoint,
        Self::UseKeys,
        Self::Issue,
        Self::ServeMembers,
        Self::ServeCards,
        Self::RunPlaces,
        Self::SetUp,
        Self::Settle,
    ];

    /// What it allows, after "may not".
    pub const fn words(self) -> &'static str {
        match self {
            Self::Look => "see this",
            Self::LookAtMembers => "see members' data",
            Self::Audit => "see the audit trail",
            Self::Appoint => "appoint officers or change settings",
            Self::UseKeys => "use the keys",
            Self::Issue => "issue cards",
            Self::ServeMembers => "change members' data",
            Self::ServeCards => "block, unblock or replace cards",
            Self::RunPlaces => "change stores, terminals or the people at them",
            Self::SetUp => "change what terminals are set up with",
            Self::Settle => "collect and settle what terminals sent",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_is_somebody_s_and_only_looking_is_everybody_s() {
        for permission in Permission::ALL {
            let holders = Duty::ALL.into_iter().filter(|duty| duty.may(permission)).count();
            assert!(holders >= 1, "{permission:?}");
            assert_eq!(holders == Duty::ALL.len(), permission == Permission::Look, "{permission:?}");
        }
        assert!(Duty::ALL.into_iter().all(|duty| Duty::parse(duty.name()) == Some(duty)));
    }
}
