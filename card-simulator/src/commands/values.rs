use super::Message;
use crate::card::{Answer, Card};
use crate::file::{Change, Content, Value, ValueChange};
use crate::status::Status;

impl Card {
    /// 6C: the value as last committed.
    pub(crate) fn get_value(&mut self, message: &Message) -> Result<Answer, Status> {
        let [file] = message.exactly()?;
        let value = self.value_file(file)?.value.to_le_bytes();
        self.account(message.code, &[[file].as_slice(), &value].concat(), &[]);
        Ok(Answer::Data(value.to_vec(), message.mode))
    }

    /// 0C.
    pub(crate) fn credit(&mut self, message: &Message) -> Result<Answer, Status> {
        self.change_value(message, |limits, change, amount| {
            change.value = up_to(change.value, amount, limits.upper)?;
            Ok(())
        })
    }

    /// DC.
    pub(crate) fn debit(&mut self, message: &Message) -> Result<Answer, Status> {
        self.change_value(message, |limits, change, amount| {
            let lower = change.value.checked_sub(amount).filter(|value| *value >= limits.lower);
            change.value = lower.ok_or(Status::BoundaryError)?;
            change.debited = change.debited.checked_add(amount).ok_or(Status::BoundaryError)?;
            Ok(())
        })
    }

    /// 1C: no more than the last committed debits, and that once.
    pub(crate) fn limited_credit(&mut self, message: &Message) -> Result<Answer, Status> {
        self.change_value(message, |limits, change, amount| {
            if limits.options & 0x01 == 0 {
                return Err(Status::PermissionDenied);
            }
            if amount > change.allowance {
                return Err(Status::BoundaryError);
            }
            change.value = up_to(change.value, amount, limits.upper)?;
            change.allowance = 0;
            Ok(())
        })
    }

    fn change_value(
        &mut self,
        message: &Message,
        rule: impl FnOnce(&Value, &mut ValueChange, i32) -> Result<(), Status>,
    ) -> Result<Answer, Status> {
        let [file, amount @ ..] = message.exactly::<5>()?;
        let amount = i32::from_le_bytes(amount);
        if amount < 0 {
            return Err(Status::ParameterError);
        }
        let limits = self.value_file(file)?.clone();
        let mut change = match self.volatile.transaction.changes.get(&file) {
            Some(Change::Value(change)) => change.clone(),
            _ => ValueChange { value: limits.value, debited: 0, allowance: limits.allowance },
        };
        rule(&limits, &mut change, amount)?;
        self.volatile.transaction.changes.insert(file, Change::Value(change));
        self.account(message.code, &message.parameters(), &[]);
        Ok(message.done())
    }

    fn value_file(&self, file: u8) -> Result<&Value, Status> {
        match &self.selected_file(file)?.content {
            Content::Value(value) => Ok(value),
            _ => Err(Status::ParameterError),
        }
    }
}

fn up_to(value: i32, amount: i32, upper: i32) -> Result<i32, Status> {
    value.checked_add(amount).filter(|sum| *sum <= upper).ok_or(Status::BoundaryError)
}
