package org.satchel.pos.design

import androidx.annotation.StringRes
import androidx.compose.runtime.Composable
import androidx.compose.ui.res.pluralStringResource
import androidx.compose.ui.res.stringResource
import org.satchel.pos.R
import org.satchel.pos.core.Authority
import org.satchel.pos.core.CardNumberFault
import org.satchel.pos.core.Level
import org.satchel.pos.core.Limit
import org.satchel.pos.core.MemberTextFault
import org.satchel.pos.core.Money
import org.satchel.pos.core.OperatorFault
import org.satchel.pos.core.OrderFault
import org.satchel.pos.core.PackageKind
import org.satchel.pos.core.Trouble

/** What is the matter, in a few words. */
@Composable
fun Trouble.title(): String = stringResource(titleRes)

/** What to do about it. */
@Composable
fun Trouble.advice(): String = when (this) {
    Trouble.SignOnFirst -> stringResource(R.string.trouble_sign_on_first_do)
    Trouble.OpenShiftFirst -> stringResource(R.string.trouble_open_shift_first_do)
    Trouble.ShiftAlreadyOpen -> stringResource(R.string.trouble_shift_already_open_do)
    is Trouble.AskSomebodyWhoMay -> stringResource(R.string.trouble_ask_somebody_do, authority.words())
    Trouble.HoldSameCardAgain -> stringResource(R.string.trouble_hold_again_do)
    is Trouble.SettleFirst -> stringResource(R.string.trouble_settle_first_do, id.toString())
    is Trouble.HeldForOffice -> stringResource(R.string.trouble_held_do, id.toString())
    Trouble.NotOurCard -> stringResource(R.string.trouble_not_ours_do)
    Trouble.HidesItsNumber -> stringResource(R.string.trouble_hides_do)
    Trouble.CardBlocked -> stringResource(R.string.trouble_blocked_do)
    Trouble.CardListed -> stringResource(R.string.trouble_listed_do)
    Trouble.RegisterFirst -> stringResource(R.string.trouble_register_first_do)
    Trouble.AlreadyRegistered -> stringResource(R.string.trouble_already_registered_do)
    is Trouble.CardExpired -> stringResource(R.string.trouble_expired_do, LocalFormat.current.date(on))
    is Trouble.NotEnough -> stringResource(R.string.trouble_not_enough_do, balance.shown, needed.shown)
    is Trouble.OverLimit -> limitAdvice()
    Trouble.CardLimit -> stringResource(R.string.trouble_card_limit_do)
    is Trouble.WrongPin -> pluralStringResource(R.plurals.trouble_wrong_pin_do, triesLeft, triesLeft)
    Trouble.PinBlocked -> stringResource(R.string.trouble_pin_blocked_do)
    Trouble.PinMalformed -> stringResource(R.string.trouble_pin_malformed_do)
    is Trouble.OperatorRefused -> why.advice()
    is Trouble.OrderWrong -> stringResource(why.advice)
    Trouble.AmountOutOfRange -> stringResource(R.string.trouble_out_of_range_do)
    Trouble.NotTheLast -> stringResource(R.string.trouble_not_last_do)
    is Trouble.RefundTooHigh -> stringResource(R.string.trouble_refund_high_do, paid.shown, refunded.shown)
    is Trouble.NoSuchSale -> stringResource(R.string.trouble_no_such_sale_do, plain(sequence))
    is Trouble.NotWaiting -> stringResource(R.string.trouble_not_waiting_do, plain(sequence))
    Trouble.TooManyUnsettled -> stringResource(R.string.trouble_too_many_unsettled_do)
    is Trouble.CardNumberWrong -> stringResource(why.advice)
    is Trouble.MemberTextWrong -> stringResource(why.advice)
    Trouble.TerminalHasNoKey -> stringResource(R.string.trouble_no_key_do)
    Trouble.KeysTooOld -> stringResource(R.string.trouble_keys_old_do)
    is Trouble.PackageMissing -> stringResource(R.string.trouble_package_missing_do, kind.words())
    is Trouble.PackageTooOld -> stringResource(R.string.trouble_package_old_do, kind.words(), counted(days), counted(limit))
    is Trouble.PackageRefused -> stringResource(R.string.trouble_detail_office, detail)
    is Trouble.SetClock -> clockAdvice()
    Trouble.StorageFull -> stringResource(R.string.trouble_storage_full_do)
    Trouble.StorageReadOnly -> stringResource(R.string.trouble_storage_read_only_do)
    is Trouble.StorageFaulty -> stringResource(R.string.trouble_restart_do, detail)
    is Trouble.JournalDamaged -> stringResource(R.string.trouble_journal_damaged_do, plain(firstBad))
    Trouble.JournalInUse -> stringResource(R.string.trouble_journal_in_use_do)
    Trouble.JournalFull -> stringResource(R.string.trouble_journal_full_do)
    is Trouble.CardFaulty -> stringResource(R.string.trouble_card_faulty_do, detail)
    is Trouble.ReaderFaulty -> stringResource(R.string.trouble_reader_faulty_do)
    is Trouble.ClockFaulty -> stringResource(R.string.trouble_restart_do, detail)
    Trouble.NewVersionNeeded -> stringResource(R.string.trouble_new_version_do)
    Trouble.NotSetUp -> stringResource(R.string.trouble_not_set_up_do)
    is Trouble.AlreadySetUp -> stringResource(R.string.trouble_already_set_up_do, plain(terminal))
    Trouble.OtherInvitation -> stringResource(R.string.trouble_other_invitation_do)
    Trouble.NotInvited -> stringResource(R.string.trouble_not_invited_do)
    Trouble.SetUpWrongCode -> stringResource(R.string.trouble_set_up_code_do)
    is Trouble.SetUpDamaged -> stringResource(R.string.trouble_detail_office, detail)
    is Trouble.SealFaulty -> stringResource(R.string.trouble_seal_faulty_do, detail)
    Trouble.TrainingOnly -> stringResource(R.string.trouble_training_only_do)
    Trouble.Busy -> stringResource(R.string.trouble_busy_do)
    is Trouble.Internal -> stringResource(R.string.trouble_internal_do, detail)
}

@get:StringRes
private val Trouble.titleRes: Int
    get() = when (this) {
        Trouble.SignOnFirst -> R.string.trouble_sign_on_first
        Trouble.OpenShiftFirst -> R.string.trouble_open_shift_first
        Trouble.ShiftAlreadyOpen -> R.string.trouble_shift_already_open
        is Trouble.AskSomebodyWhoMay -> R.string.trouble_ask_somebody
        Trouble.HoldSameCardAgain -> R.string.trouble_hold_again
        is Trouble.SettleFirst -> R.string.trouble_settle_first
        is Trouble.HeldForOffice -> R.string.trouble_held
        Trouble.NotOurCard -> R.string.trouble_not_ours
        Trouble.HidesItsNumber -> R.string.trouble_hides
        Trouble.CardBlocked -> R.string.trouble_blocked
        Trouble.CardListed -> R.string.trouble_listed
        Trouble.RegisterFirst -> R.string.trouble_register_first
        Trouble.AlreadyRegistered -> R.string.trouble_already_registered
        is Trouble.CardExpired -> R.string.trouble_expired
        is Trouble.NotEnough -> R.string.trouble_not_enough
        is Trouble.OverLimit -> R.string.trouble_over_limit
        Trouble.CardLimit -> R.string.trouble_card_limit
        is Trouble.WrongPin -> R.string.trouble_wrong_pin
        Trouble.PinBlocked -> R.string.trouble_pin_blocked
        Trouble.PinMalformed -> R.string.trouble_pin_malformed
        is Trouble.OperatorRefused -> R.string.trouble_operator_refused
        is Trouble.OrderWrong -> R.string.trouble_order_wrong
        Trouble.AmountOutOfRange -> R.string.trouble_out_of_range
        Trouble.NotTheLast -> R.string.trouble_not_last
        is Trouble.RefundTooHigh -> R.string.trouble_refund_high
        is Trouble.NoSuchSale -> R.string.trouble_no_such_sale
        is Trouble.NotWaiting -> R.string.trouble_not_waiting
        Trouble.TooManyUnsettled -> R.string.trouble_too_many_unsettled
        is Trouble.CardNumberWrong -> R.string.trouble_number_wrong
        is Trouble.MemberTextWrong -> R.string.trouble_member_wrong
        Trouble.TerminalHasNoKey -> R.string.trouble_no_key
        Trouble.KeysTooOld -> R.string.trouble_keys_old
        is Trouble.PackageMissing -> R.string.trouble_package_missing
        is Trouble.PackageTooOld -> R.string.trouble_package_old
        is Trouble.PackageRefused -> R.string.trouble_package_refused
        is Trouble.SetClock -> R.string.trouble_set_clock
        Trouble.StorageFull -> R.string.trouble_storage_full
        Trouble.StorageReadOnly -> R.string.trouble_storage_read_only
        is Trouble.StorageFaulty -> R.string.trouble_storage_faulty
        is Trouble.JournalDamaged -> R.string.trouble_journal_damaged
        Trouble.JournalInUse -> R.string.trouble_journal_in_use
        Trouble.JournalFull -> R.string.trouble_journal_full
        is Trouble.CardFaulty -> R.string.trouble_card_faulty
        is Trouble.ReaderFaulty -> R.string.trouble_reader_faulty
        is Trouble.ClockFaulty -> R.string.trouble_clock_faulty
        Trouble.NewVersionNeeded -> R.string.trouble_new_version
        Trouble.NotSetUp -> R.string.trouble_not_set_up
        is Trouble.AlreadySetUp -> R.string.trouble_already_set_up
        Trouble.OtherInvitation -> R.string.trouble_other_invitation
        Trouble.NotInvited -> R.string.trouble_not_invited
        Trouble.SetUpWrongCode -> R.string.trouble_set_up_code
        is Trouble.SetUpDamaged -> R.string.trouble_set_up_damaged
        is Trouble.SealFaulty -> R.string.trouble_seal_faulty
        Trouble.TrainingOnly -> R.string.trouble_training_only
        Trouble.Busy -> R.string.trouble_busy
        is Trouble.Internal -> R.string.trouble_internal
    }

@Composable
private fun Trouble.OverLimit.limitAdvice(): String {
    val shown = if (limit == Limit.POINTS) counted(most) else Money(most).shown
    return stringResource(limit.advice, shown)
}

@get:StringRes
private val Limit.advice: Int
    get() = when (this) {
        Limit.PER_SALE -> R.string.trouble_limit_per_sale
        Limit.PER_CARD_DAY -> R.string.trouble_limit_per_card_day
        Limit.OFFLINE_TOTAL -> R.string.trouble_limit_offline
        Limit.TOP_UP_MIN -> R.string.trouble_limit_top_up_min
        Limit.TOP_UP_MAX -> R.string.trouble_limit_top_up_max
        Limit.ALLOWANCE -> R.string.trouble_limit_allowance
        Limit.PURSE -> R.string.trouble_limit_purse
        Limit.POINTS -> R.string.trouble_limit_points
    }

@Composable
private fun Trouble.SetClock.clockAdvice(): String {
    val format = LocalFormat.current
    return stringResource(R.string.trouble_set_clock_do, format.dateAndTime(shown), format.dateAndTime(seen))
}

@Composable
private fun OperatorFault.advice(): String = when (this) {
    OperatorFault.NotListed -> stringResource(R.string.trouble_operator_not_listed)
    OperatorFault.OldCard -> stringResource(R.string.trouble_operator_old_card)
    OperatorFault.TimeOver -> stringResource(R.string.trouble_operator_time_over)
    OperatorFault.OtherStore -> stringResource(R.string.trouble_operator_other_store)
    OperatorFault.NoKeysHere -> stringResource(R.string.trouble_operator_no_keys)
    is OperatorFault.KeysExpired -> stringResource(R.string.trouble_operator_keys_expired, LocalFormat.current.date(on))
    OperatorFault.KeysDoNotOpen -> stringResource(R.string.trouble_operator_keys_closed)
}

@get:StringRes
private val OrderFault.advice: Int
    get() = when (this) {
        OrderFault.NO_AMOUNT -> R.string.trouble_order_no_amount
        OrderFault.DISCOUNT -> R.string.trouble_order_discount
        OrderFault.TOO_MANY_LINES -> R.string.trouble_order_too_many_lines
        OrderFault.LINES_DO_NOT_ADD_UP -> R.string.trouble_order_lines
        OrderFault.CASH_PART_NEGATIVE -> R.string.trouble_order_cash_negative
        OrderFault.CASH_PART_TOO_HIGH -> R.string.trouble_order_cash_high
        OrderFault.POINTS_NEGATIVE -> R.string.trouble_order_points_negative
        OrderFault.TOO_MANY_POINTS -> R.string.trouble_order_too_many_points
        OrderFault.OTHER_CARD_PAID -> R.string.trouble_order_other_card
        OrderFault.FLOAT_NEGATIVE -> R.string.trouble_order_float
        OrderFault.COUNTED_NEGATIVE -> R.string.trouble_order_counted
        OrderFault.CASH_ALONE -> R.string.trouble_order_cash_alone
    }

@get:StringRes
private val CardNumberFault.advice: Int
    get() = when (this) {
        CardNumberFault.NOT_DIGITS -> R.string.trouble_number_not_digits
        CardNumberFault.CHECK_DIGIT -> R.string.trouble_number_check_digit
        CardNumberFault.EXHAUSTED -> R.string.trouble_number_exhausted
    }

@get:StringRes
private val MemberTextFault.advice: Int
    get() = when (this) {
        MemberTextFault.NO_NAME -> R.string.trouble_member_no_name
        MemberTextFault.NOT_ONE_SHORT_LINE -> R.string.trouble_member_long
    }

/** As in "somebody who may …". */
@Composable
fun Authority.words(): String = stringResource(
    when (this) {
        Authority.SELL -> R.string.authority_sell
        Authority.TOP_UP -> R.string.authority_top_up
        Authority.UNDO -> R.string.authority_undo
        Authority.REFUND -> R.string.authority_refund
        Authority.DISCOUNT -> R.string.authority_discount
        Authority.BLOCK -> R.string.authority_block
        Authority.OPEN_SHIFT -> R.string.authority_open_shift
        Authority.CLOSE_SHIFT -> R.string.authority_close_shift
        Authority.PAY_IN_OUT -> R.string.authority_pay_in_out
        Authority.REGISTER -> R.string.authority_register
    },
)

@Composable
fun Level.words(): String = stringResource(
    when (this) {
        Level.ADMINISTRATOR -> R.string.level_administrator
        Level.STORE_MANAGER -> R.string.level_store_manager
        Level.CASHIER -> R.string.level_cashier
        Level.SELLER -> R.string.level_seller
    },
)

@Composable
fun PackageKind.words(): String = stringResource(
    when (this) {
        PackageKind.OPERATORS -> R.string.package_operators
        PackageKind.PROFILE -> R.string.package_profile
        PackageKind.PROGRAM -> R.string.package_program
        PackageKind.BLOCK_LIST -> R.string.package_block_list
        PackageKind.KEY_BUNDLE -> R.string.package_key_bundle
    },
)

/** A number of things. */
@Composable
private fun counted(number: Long) = LocalFormat.current.count(number)

/** A number that is a name: without groups, and with the digits that are printed on receipts. */
private fun plain(number: Long) = number.toString()
