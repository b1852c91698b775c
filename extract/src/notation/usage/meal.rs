//! Times of day, and how a dose lies to them.

use chart::Timing;

/// One of the times of day a dose hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meal {
    /// 朝
    Breakfast,
    /// 昼
    Lunch,
    /// 夕
    Dinner,
    /// 眠前
    Bedtime,
    /// 起床時
    Wakeup,
}

impl Meal {
    /// The meal of a time of day.
    pub const fn of(timing: Timing) -> Self {
        match timing {
            Timing::Wakeup => Self::Wakeup,
            Timing::BeforeBreakfast
            | Timing::JustBeforeBreakfast
            | Timing::AfterBreakfast
            | Timing::BetweenBreakfast => Self::Breakfast,
            Timing::BeforeLunch
            | Timing::JustBeforeLunch
            | Timing::AfterLunch
            | Timing::BetweenLunch => Self::Lunch,
            Timing::BeforeDinner
            | Timing::JustBeforeDinner
            | Timing::AfterDinner
            | Timing::BetweenDinner => Self::Dinner,
            Timing::Bedtime => Self::Bedtime,
        }
    }
}

/// A set of [`Meal`]s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Meals(u8);

impl Meals {
    /// No meal.
    pub const NONE: Self = Self(0);
    /// 毎食
    pub const ALL: Self = Self(0b111);
    /// 朝夕
    pub const MORNING_EVENING: Self = Self(0b101);

    /// The set of one.
    pub const fn of(meal: Meal) -> Self {
        Self(1 << meal as u8)
    }

    /// Both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether it holds the meal.
    pub const fn has(self, meal: Meal) -> bool {
        self.0 & (1 << meal as u8) != 0
    }

    /// Whether it holds a real meal.
    pub const fn has_meal(self) -> bool {
        self.0 & 0b111 != 0
    }

    /// Whether it holds nothing.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The meals, in the order of the day.
    pub fn iter(self) -> impl Iterator<Item = Meal> {
        [Meal::Wakeup, Meal::Breakfast, Meal::Lunch, Meal::Dinner, Meal::Bedtime]
            .into_iter()
            .filter(move |meal| self.has(*meal))
    }
}

/// How a dose lies to a meal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// 食後
    After,
    /// 食前
    Before,
    /// 食直前
    JustBefore,
    /// 食直後
    JustAfter,
    /// 食間
    Between,
}

impl Relation {
    /// The time of a meal with this relation. 食直後 is kept as after the meal.
    pub const fn at(self, meal: Meal) -> Timing {
        match (self, meal) {
            (_, Meal::Bedtime) => Timing::Bedtime,
            (_, Meal::Wakeup) => Timing::Wakeup,
            (Self::After | Self::JustAfter, Meal::Breakfast) => Timing::AfterBreakfast,
            (Self::After | Self::JustAfter, Meal::Lunch) => Timing::AfterLunch,
            (Self::After | Self::JustAfter, Meal::Dinner) => Timing::AfterDinner,
            (Self::Before, Meal::Breakfast) => Timing::BeforeBreakfast,
            (Self::Before, Meal::Lunch) => Timing::BeforeLunch,
            (Self::Before, Meal::Dinner) => Timing::BeforeDinner,
            (Self::JustBefore, Meal::Breakfast) => Timing::JustBeforeBreakfast,
            (Self::JustBefore, Meal::Lunch) => Timing::JustBeforeLunch,
            (Self::JustBefore, Meal::Dinner) => Timing::JustBeforeDinner,
            (Self::Between, Meal::Breakfast) => Timing::BetweenBreakfast,
            (Self::Between, Meal::Lunch) => Timing::BetweenLunch,
            (Self::Between, Meal::Dinner) => Timing::BetweenDinner,
        }
    }
}
