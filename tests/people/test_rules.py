"""What a PIN, a password, a user name and initials must be; the lock against guessing."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from techfloor.people import locks
from techfloor.people.locks import Outcome, Try, lock_after
from techfloor.people.pins import check_password, check_pin, tried_first
from techfloor.people.rules import (
    DeviceEntry,
    check_roles,
    initials_of,
    may_reset,
    tidy_device,
    tidy_name,
    tidy_user_name,
)
from techfloor.refusals import Refusal

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
digits = st.text("0123456789", min_size=0, max_size=14)


def is_refused(pin: str) -> bool:
    """Tell whether `pin` is refused."""
    try:
        check_pin(pin)
    except Refusal:
        return True
    return False


@given(st.text("0123456789", max_size=5))
def test_a_pin_of_fewer_than_six_digits_is_refused(pin: str) -> None:
    assert is_refused(pin)


@given(st.sampled_from("0123456789"), st.integers(6, 12))
def test_one_digit_again_and_again_is_refused(digit: str, length: int) -> None:
    assert is_refused(digit * length)


@given(st.integers(0, 9), st.sampled_from([1, -1]), st.integers(6, 12))
def test_a_row_of_digits_is_refused_up_and_down_and_over_nine(first: int, step: int, length: int) -> None:
    assert is_refused("".join(str((first + step * place) % 10) for place in range(length)))


@given(st.text("0123456789", min_size=2, max_size=6), st.integers(2, 6))
def test_digits_that_come_again_are_refused(part: str, times: int) -> None:
    assume(6 <= len(part) * times <= 12)
    assert is_refused(part * times)


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(["%d%m%Y", "%m%d%Y", "%Y%m%d", "%m%Y", "%Y%m"]))
def test_a_day_or_a_month_with_its_year_is_refused(day: date, form: str) -> None:
    assert is_refused(day.strftime(form))


@pytest.mark.parametrize("pin", ["696969", "147258", "159753", "112233", "100000"])
def test_a_pin_that_many_people_have_is_refused(pin: str) -> None:
    assert is_refused(pin)


@given(st.text("0123456789", min_size=7, max_size=7))
def test_most_other_numbers_will_do(pin: str) -> None:
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    assume(pin not in tried_first())
    assert is_refused(pin) == (len(steps) == 1 and steps <= {0, 1, 9})


@given(st.text(min_size=6, max_size=12).filter(lambda text: not (text.isascii() and text.isdigit())))
def test_a_pin_has_ascii_digits_only(pin: str) -> None:
    assert is_refused(pin)


@pytest.mark.parametrize(
    "password",
    [
        *("short", "aaaaaaaaaaaaaaaa", "password1234", "Techfloor2026", "tara tara tara", "qwertyqwerty12", "x" * 201),
        *("1q2w3e4r5t6y", "Christopher1987", "iloveyou2024!!", "Sommer2026!!", "password techfloor", "DRAGON-dragon-1"),
    ],
)
def test_a_password_that_is_tried_first_is_refused(password: str) -> None:
    with pytest.raises(Refusal):
        check_password(password, "tara")


def test_the_most_used_passwords_are_refused_whole_and_with_a_year() -> None:
    every = tried_first()
    assert len(every) > 25_000
    for word in sorted(every)[::50]:
        for typed in (word, f"{word}2026!", f"{word.title()}-1987"):
            with pytest.raises(Refusal):
                check_password(typed, "tara")


@pytest.mark.parametrize(
    "password", ["demo-plant-tara", "blue lathe at noon", "Öl, Fett und Späne", "Wrench-Caliper-7"]
)
def test_a_few_words_make_a_password(password: str) -> None:
    check_password(password, "tara")


@pytest.mark.parametrize("typed", ["T", "tara kowalski", "tarä", "-tara", "a" * 41, "", "tara\n1"])
def test_a_user_name_that_cannot_be_typed_everywhere_is_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        tidy_user_name(typed)


def test_a_user_name_is_kept_in_small_letters() -> None:
    assert tidy_user_name(" Tara.K ") == "tara.k"


@pytest.mark.parametrize("typed", ["", "  ", "123", "Tara\x00Kowalski", "x" * 81])
def test_a_name_that_cannot_be_printed_is_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        tidy_name(typed)


@pytest.mark.parametrize(
    ("name", "taken", "initials"),
    [
        ("Tara Kowalski", set(), "TK"),
        ("Tara Kowalski", {"TK"}, "TKO"),
        ("Tara Kowalski", {"TK", "TKO"}, "TK2"),
        ("Tara Kowalski", {"TK", "TKO", "TK2"}, "TK3"),
        ("Maximiliane von Hohenstein-Oppenländer", set(), "MO"),
        ("Cher", set(), "C"),
        ("Ö. Ångström", set(), "ÖÅ"),
    ],
)
def test_initials_are_made_from_the_name_and_belong_to_one_person(name: str, taken: set[str], initials: str) -> None:
    assert initials_of(name, taken) == initials


@pytest.mark.clause("21 CFR 11.300(a)")
@given(st.text("abcdefg ", min_size=1).filter(str.strip), st.sets(st.text("ABCDEFG2", max_size=3)))
def test_initials_are_never_somebody_elses(name: str, taken: set[str]) -> None:
    assert initials_of(name, taken) not in taken


def test_in_a_regulated_plant_an_administrator_makes_no_records() -> None:
    both = frozenset({"administrator", "technician"})
    check_roles(both, administrator_may_make_records=True)
    check_roles(frozenset({"administrator", "auditor"}), administrator_may_make_records=False)
    with pytest.raises(Refusal):
        check_roles(both, administrator_may_make_records=False)


@pytest.mark.parametrize("roles", [frozenset(), frozenset({"king"})])
def test_a_person_has_at_least_one_role_that_exists(roles: frozenset[str]) -> None:
    with pytest.raises(Refusal):
        check_roles(roles, administrator_may_make_records=True)


def test_a_supervisor_resets_technicians_and_an_administrator_everybody_else() -> None:
    assert may_reset(3, {"supervisor"}, 1, {"technician"})
    assert not may_reset(3, {"supervisor"}, 7, {"administrator"})
    assert not may_reset(3, {"supervisor"}, 1, {"technician", "quality"})
    assert may_reset(7, {"administrator"}, 5, {"quality"})
    assert not may_reset(7, {"administrator"}, 7, {"administrator"})
    assert not may_reset(1, {"technician"}, 2, {"technician"})


@pytest.mark.parametrize("minutes", [0, 2, 31, -5])
def test_the_idle_lock_of_a_device_has_limits(minutes: int) -> None:
    with pytest.raises(Refusal):
        tidy_device(DeviceEntry("T-04", 1, minutes))


def wrong_tries(count: int, at: datetime = NOON) -> list[Try]:
    """Return wrong tries, one each second, the newest first."""
    return [Try(Outcome.WRONG, at + timedelta(seconds=second)) for second in reversed(range(count))]


@given(st.integers(0, 4))
def test_four_wrong_tries_lock_nothing(count: int) -> None:
    lock = lock_after(wrong_tries(count), NOON)
    assert not lock.closed
    assert lock.left == 5 - count


def test_the_fifth_wrong_try_locks_for_fifteen_minutes() -> None:
    tries = wrong_tries(5)
    until = tries[0].at + timedelta(minutes=15)
    assert lock_after(tries, NOON + timedelta(seconds=5)).until == until
    assert lock_after(tries, until - timedelta(seconds=1)).closed
    assert not lock_after(tries, until).closed
    assert lock_after(tries, until).left == 5


@given(st.integers(10, 14), st.integers(0, 10_000_000))
def test_ten_wrong_tries_stay_locked_however_long_one_waits(count: int, seconds: int) -> None:
    lock = lock_after(wrong_tries(count), NOON + timedelta(seconds=seconds))
    assert lock.needs_reset
    assert lock.closed


@given(st.lists(st.sampled_from(list(Outcome)), max_size=locks.LIMIT))
def test_only_the_tries_since_the_last_right_one_or_reset_count(outcomes: list[Outcome]) -> None:
    tries = [Try(outcome, NOON) for outcome in outcomes]
    since = next((place for place, outcome in enumerate(outcomes) if outcome is not Outcome.WRONG), len(outcomes))
    assert lock_after(tries, NOON).wrong == since


def test_a_clock_set_back_does_not_open_a_lock() -> None:
    assert lock_after(wrong_tries(5), NOON - timedelta(hours=1)).closed
