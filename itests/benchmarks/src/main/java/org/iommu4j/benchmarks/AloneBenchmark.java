package org.iommu4j.benchmarks;

import static org.iommu4j.benchmarks.Pages.IOVA;
import static org.iommu4j.benchmarks.Pages.K4;
import static org.iommu4j.benchmarks.Pages.PA;
import static org.iommu4j.benchmarks.Pages.RUN;
import static org.iommu4j.benchmarks.Pages.RUN_BYTES;
import static org.iommu4j.benchmarks.Pages.RW;

import java.util.concurrent.TimeUnit;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.Gather;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What {@link DriverDomainBenchmark} and {@link DomainOpsBenchmark} measure, with no other driver in the JVM. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xbatch")
@Warmup(iterations = 20, time = 50, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 60, time = 10, timeUnit = TimeUnit.MILLISECONDS)
public class AloneBenchmark {
    /** The VT-d driver, alone. */
    @State(Scope.Thread)
    public static class Alone {
        final Gather gather = new Gather();
        DriverDomain driver;
        DomainOps ops;
        Domain domain;

        @Setup(Level.Trial)
        public void build() {
            Rig rig = Rigs.measured(Vendor.VTD, Vendor.VTD);
            driver = rig.unattached;
            ops = rig.ops;
            domain = rig.loose;
        }

        @TearDown(Level.Invocation)
        public void empty() {
            driver.unmap(IOVA, RUN_BYTES, gather);
            gather.clear();
            ops.unmap(domain, IOVA, RUN_BYTES);
        }
    }

    @Benchmark
    @OperationsPerInvocation(RUN)
    public void driverMap4K(Alone state) {
        for (int page = 0; page < RUN; page++) {
            state.driver.map(IOVA + page * K4, PA + page * K4, K4, RW, state.gather);
        }
    }

    @Benchmark
    @OperationsPerInvocation(RUN)
    public void coreMap4K(Alone state) {
        for (int page = 0; page < RUN; page++) {
            state.ops.map(state.domain, IOVA + page * K4, PA + page * K4, K4, RW);
        }
    }
}
