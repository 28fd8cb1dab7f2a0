import Foundation

/// The natural logarithm and what is made of it.
func logarithm(_ value: Double) -> Double { log(value) }

/// From any number to a probability.
func logistic(_ value: Double) -> Double { 1 / (1 + exp(-value)) }
