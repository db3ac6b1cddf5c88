package org.iommu4j.benchmarks;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A rig for each driver, all of them worked; the one of VT-d is measured. */
@State(Scope.Benchmark)
public class Rigs {
    private static final int ROUNDS = 20;

    Rig rig;

    @Setup(Level.Trial)
    public void build() {
        rig = measured(Vendor.VTD, Vendor.values());
    }

    /** @param live whose drivers are there and worked; VT-d's twice, in both its releases */
    static Rig measured(Vendor measured, Vendor... live) {
        Map<Vendor, Rig> rigs = new EnumMap<>(Vendor.class);
        List<Rig> all = new ArrayList<>();
        for (Vendor vendor : live) {
            rigs.put(vendor, new Rig("m" + all.size(), vendor, DriverJars.load(vendor)));
            all.add(rigs.get(vendor));
        }
        if (live.length > 1) {
            all.add(new Rig("m" + all.size(), Vendor.VTD, DriverJars.loadNext(Vendor.VTD)));
        }
        for (int round = 0; round < ROUNDS; round++) {
            all.forEach(Workout::run);
        }
        return rigs.get(measured);
    }
}
