use super::code;
use crate::apdu::exactly;
use crate::secure::Command;
use crate::session::{Authenticated, Plain, Session};
use crate::{CommMode, Error, FileNo};

impl Session<'_, Plain> {
    /// The value of a file made with FreeGetValue (GetValue).
    pub fn get_value(&mut self, file: FileNo) -> Result<i32, Error> {
        Ok(i32::from_le_bytes(exactly(&self.ask(code::GET_VALUE, &[file.get()])?)?))
    }
}

impl Session<'_, Authenticated> {
    /// A value file's value (GetValue), what is pending in this transaction not counted.
    pub fn get_value(self, file: FileNo, mode: CommMode) -> Result<(Self, i32), Error> {
        let command = Command { ins: code::GET_VALUE, header: &[file.get()], data: &[], mode };
        let (session, answer) = self.call(&command)?;
        Ok((session, i32::from_le_bytes(exactly(&answer)?)))
    }

    /// Adds to a value file, with the commit (Credit). `amount` is not negative.
    pub fn credit(self, file: FileNo, mode: CommMode, amount: i32) -> Result<Self, Error> {
        self.tell(&Command { ins: code::CREDIT, header: &[file.get()], data: &wire(amount)?, mode })
    }

    /// Takes from a value file, with the commit (Debit). `amount` is not negative.
    pub fn debit(self, file: FileNo, mode: CommMode, amount: i32) -> Result<Self, Error> {
        self.tell(&Command { ins: code::DEBIT, header: &[file.get()], data: &wire(amount)?, mode })
    }

    /// Gives back, with the commit, at most what the last transaction with debits took, and once only
    /// (LimitedCredit). `amount` is not negative.
    pub fn limited_credit(self, file: FileNo, mode: CommMode, amount: i32) -> Result<Self, Error> {
        self.tell(&Command { ins: code::LIMITED_CREDIT, header: &[file.get()], data: &wire(amount)?, mode })
    }
}

fn wire(amount: i32) -> Result<[u8; 4], Error> {
    if amount < 0 {
        return Err(Error::Invalid("an amount is not negative: a debit is the opposite of a credit"));
    }
    Ok(amount.to_le_bytes())
}
