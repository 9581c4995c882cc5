#pragma once

namespace statistics {

/// Sum of doubles that also adds up what each addition rounds away, and gives it back at the end.
///
/// Neumaier 1974 (ZAMM 54), with the branch-free error of one addition from Knuth, TAOCP 2, 4.2.2,
/// Theorem B. For n numbers the error is at most one rounding of the sum, plus (n / 2^53)^2 times
/// the sum of the sizes (Ogita, Rump, Oishi 2005, SIAM J. Sci. Comput. 26(6)). Whoever adds sees to
/// it that no partial sum overflows, as Moments does.
class CompensatedSum {
 public:
  void add(double number) {
    const double sum = sum_ + number;
    const double added = sum - sum_;
    lost_ += (sum_ - (sum - added)) + (number - added);
    sum_ = sum;
  }

  void merge(const CompensatedSum& other) {
    add(other.sum_);
    lost_ += other.lost_;
  }

  /// Multiplies the sum; exact for a power of two, as long as nothing underflows.
  void multiply(double factor) {
    sum_ *= factor;
    lost_ *= factor;
  }

  double value() const { return sum_ + lost_; }

 private:
  double sum_ = 0;
  double lost_ = 0;
};

}  // namespace statistics
