extension Duration {
    /// Rounded up, so that a wait is never shorter than asked.
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow
            ? .max : Int(product) + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
