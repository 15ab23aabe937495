//! The operator card: signing on, where the card itself checks the PIN and counts the tries.
//!
//! Authenticating with key 2 *is* the PIN check: that key is derived from the PIN. A try is debited and committed
//! before the check and given back after it, so neither a pulled card nor a reinstalled app wins a free try.

use crate::identity::{IDENTITY_FILE, OperatorIdentity};
use crate::member::{Presented, not_ours};
use crate::{CardError, CardKeys};
use satchel_desfire::{Access, Aid, Authenticated, CommMode, Plain, Rights, Session, Status};
use satchel_hazmat::AesKey;
use satchel_keys::{OperatorShare, Role};
use zeroize::Zeroize;

/// The application, least significant byte first as on the wire.
pub const AID: Aid = Aid::new([0x02, 0x54, 0x53]);

/// The application's ISO 7816 name.
pub const ISO_NAME: &[u8] = b"\xF0SATCHEL\x02";

/// The application's ISO 7816 file identifier.
pub const ISO_FILE_ID: u16 = 0xE102;

/// PIN tries of a card that has none wasted.
pub const TRIES: u8 = 5;

/// Bytes in the share file.
pub const SHARE_FILE: u32 = 16;

/// The application's keys.
pub mod key {
    use satchel_desfire::KeyNo;
    /// Settings and keys; head office.
    pub const OFFICE: KeyNo = KeyNo::new(0);
    /// Reads the identity, takes a try.
    pub const TERMINAL: KeyNo = KeyNo::new(1);
    /// Derived from the PIN: reads the share, gives tries back.
    pub const PIN: KeyNo = KeyNo::new(2);
}

/// The application's files.
pub mod file {
    use satchel_desfire::FileNo;
    /// Who the card belongs to; a standard data file, written once.
    pub const IDENTITY: FileNo = FileNo::new(1);
    /// The operator's share of the terminals' key bundles; a standard data file, written once.
    pub const SHARE: FileNo = FileNo::new(2);
    /// The tries left; a value file.
    pub const TRIES: FileNo = FileNo::new(3);
}

/// Who may do what with each file.
pub mod rights {
    use super::{Access, Rights, key};

    const fn only(key: satchel_desfire::KeyNo) -> Access {
        Access::Key(key)
    }

    /// Read by terminals, written by head office.
    pub const IDENTITY: Rights = Rights {
        read: only(key::TERMINAL),
        write: only(key::OFFICE),
        read_write: Access::Never,
        change: only(key::OFFICE),
    };
    /// Read by whoever knows the PIN, written by head office.
    pub const SHARE: Rights =
        Rights { read: only(key::PIN), write: only(key::OFFICE), read_write: Access::Never, change: only(key::OFFICE) };
    /// Taken by terminals, given back by whoever knows the PIN.
    pub const TRIES: Rights = Rights {
        read: only(key::TERMINAL),
        write: Access::Never,
        read_write: only(key::PIN),
        change: only(key::OFFICE),
    };
}

/// What a card and a right PIN give.
#[derive(Debug)]
pub struct SignedOn {
    /// Who it is.
    pub identity: OperatorIdentity,
    /// Their share of the terminal's key bundle.
    pub share: OperatorShare,
}

/// Signs on: identity, one try taken, the PIN checked by the card, the share read, the tries given back.
///
/// `pin_key` is the key derived from the card's UID and the PIN that was typed; deriving it takes long on purpose, so
/// it is done before the card is spoken to. Twelve exchanges.
pub fn sign_on(presented: Presented<'_, '_>, pin_key: &AesKey) -> Result<SignedOn, CardError> {
    let Presented { transport, identity, keys, rng } = presented;
    let session = open(Session::new(transport, identity.frame), keys, rng)?;
    let length = u32::try_from(IDENTITY_FILE).expect("32 fits");
    let (session, identity) = session.read_data(file::IDENTITY, CommMode::Full, 0, length)?;
    let identity = OperatorIdentity::parse(&identity)?;
    let (session, tries) = take_try(session)?;
    let session =
        session.authenticate_ev2_non_first(key::PIN, pin_key, rng).map_err(|refused| match refused.error.status() {
            Some(Status::AuthenticationError) if tries == 1 => CardError::PinBlocked,
            Some(Status::AuthenticationError) => CardError::WrongPin { tries_left: tries - 1 },
            _ => not_ours(refused.error),
        })?;
    let (session, share) = session.read_data(file::SHARE, CommMode::Full, 0, SHARE_FILE)?;
    let share = take_share(share)?;
    let given_back = i32::from(TRIES) - i32::from(tries) + 1;
    session.credit(file::TRIES, CommMode::Full, given_back)?.commit_transaction()?;
    Ok(SignedOn { identity, share })
}

fn open<'t>(
    mut session: Session<'t, Plain>,
    keys: &CardKeys<'_>,
    rng: &mut dyn rand_core::CryptoRng,
) -> Result<Session<'t, Authenticated>, CardError> {
    session.select_application(AID).map_err(not_ours)?;
    for version in keys.versions(Role::OperatorTerminal)? {
        let card_key = keys.key(Role::OperatorTerminal, version)?;
        match session.authenticate_ev2_first(key::TERMINAL, &card_key, rng) {
            Ok(authenticated) => return Ok(authenticated),
            Err(refused) if refused.error.status() == Some(Status::AuthenticationError) => {
                session = refused.session;
                session.select_application(AID).map_err(not_ours)?;
            }
            Err(refused) => return Err(not_ours(refused.error)),
        }
    }
    Err(CardError::NotOurs)
}

/// Takes a try and makes that stick. Returns how many there were before, at least one.
fn take_try(session: Session<'_, Authenticated>) -> Result<(Session<'_, Authenticated>, u8), CardError> {
    let (session, tries) = session.get_value(file::TRIES, CommMode::Full)?;
    let tries = u8::try_from(tries).ok().filter(|tries| *tries <= TRIES).ok_or(CardError::Damaged("PIN counter"))?;
    if tries == 0 {
        return Err(CardError::PinBlocked);
    }
    let session = session.debit(file::TRIES, CommMode::Full, 1)?.commit_transaction()?;
    Ok((session, tries))
}

fn take_share(mut bytes: Vec<u8>) -> Result<OperatorShare, CardError> {
    let share = <&mut [u8; 16]>::try_from(bytes.as_mut_slice()).map(OperatorShare::take);
    let share = share.map_err(|_| CardError::Damaged("share"));
    bytes.zeroize();
    share
}
