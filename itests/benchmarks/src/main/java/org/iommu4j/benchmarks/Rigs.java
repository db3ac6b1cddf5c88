package org.iommu4j.benchmarks;

import java.util.ArrayList;
import java.util.List;
import org.iommu4j.api.driver.IommuDriver;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A rig for each driver, all of them worked; the first is measured. */
@State(Scope.Benchmark)
public class Rigs {
    private static final int ROUNDS = 20;

    Rig rig;

    @Setup(Level.Trial)
    public void build() {
        List<Rig> all = new ArrayList<>();
        for (IommuDriver driver : DriverJars.load()) {
            all.add(new Rig("m" + all.size(), 4, driver));
        }
        for (int round = 0; round < ROUNDS; round++) {
            all.forEach(Workout::run);
        }
        rig = all.get(0);
    }
}
