/**
 * Latency, throughput and memory of networks, each engine in a process of its own, in turn.
 *
 * <p>Begin with {@link org.efficientzoo.training.benchmark.Benchmark}.
 */
package org.efficientzoo.training.benchmark;
