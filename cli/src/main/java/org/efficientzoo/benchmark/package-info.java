/**
 * Latency, throughput and memory of networks, each engine in a process of its own, in turn.
 *
 * <p>Begin with {@link org.efficientzoo.benchmark.Benchmark}.
 */
package org.efficientzoo.benchmark;
