package org.iommu4j.exam.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.iommu4j.api.Device;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuOps;
import org.iommu4j.api.machine.MachineMemory;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.TablePool;
import org.iommu4j.api.status.UnitReport;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.exam.dma.Traffic;
import org.osgi.service.cm.Configuration;

/** One machine that the test has configured. */
public final class LabMachine {
    private final Lab lab;
    private final String name;
    private final Vendor vendor;
    private final String filter;
    private final Configuration configuration;

    LabMachine(Lab lab, String name, Vendor vendor, Configuration configuration) {
        this.lab = lab;
        this.name = name;
        this.vendor = vendor;
        this.filter = "(machine=" + name + ")";
        this.configuration = configuration;
    }

    public IommuOps iommu() {
        return lab.service(IommuOps.class, filter);
    }

    public DomainOps domains() {
        return lab.service(DomainOps.class, filter);
    }

    public MachineMemory memory() {
        return lab.service(MachineMemory.class, filter);
    }

    /** Both devices, as services. */
    public List<Device> devices() {
        return List.of(device("0000:00:04.0"), device("0000:00:05.0"));
    }

    private Device device(String address) {
        return lab.service(Device.class, "(&" + filter + "(rid=" + address + "))");
    }

    /** Starts DMA and calls. */
    public Traffic traffic() {
        return new Traffic(iommu(), domains(), memory().memory(), vendor.ram(), devices(), false);
    }

    /** The same, with callers that try again when no driver is there. */
    public Traffic patientTraffic() {
        return new Traffic(iommu(), domains(), memory().memory(), vendor.ram(), devices(), true);
    }

    /** Its one unit. */
    public UnitReport unit() {
        return lab.status().units().stream().filter(unit -> unit.machine().equals(name)).findFirst()
                .orElseThrow(() -> new AssertionError("machine " + name + " has no unit"));
    }

    public boolean is(UnitState state) {
        return lab.status().units().stream().anyMatch(u -> u.machine().equals(name) && u.state() == state);
    }

    public void awaitDriven() {
        Waits.until("a driver is in charge of " + name, () -> is(UnitState.DRIVEN));
        devices();
    }

    /** A counter of the machine; what it is of is in its name. */
    public long counter(String counter) {
        return lab.status().counters(name).getOrDefault(counter, 0L);
    }

    /** Requests that the unit has translated. */
    public long translations() {
        return counter(vendor.counters() + ".translations");
    }

    public long iotlbMisses() {
        return counter(vendor.counters() + ".iotlb.misses");
    }

    /** How many frames of the pool each owner holds. */
    public Map<String, Integer> frames() {
        MachineMemory memory = memory();
        TablePool pool = memory.allocator("exam", 0).pool();
        Map<String, Integer> held = new TreeMap<>();
        for (long at = 0; at < pool.length(); at += PhysicalMemory.PAGE) {
            String owner = memory.ownerOf(pool.base() + at);
            if (owner != null) {
                held.merge(owner, 1, Integer::sum);
            }
        }
        return held;
    }

    /** Takes the machine away and waits until its services have gone. */
    public void delete() {
        try {
            configuration.delete();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Waits.until("the services of " + name + " have gone", () -> lab.find(MachineMemory.class, filter) == null
                && lab.find(IommuOps.class, filter) == null && lab.find(DomainOps.class, filter) == null
                && lab.find(Device.class, filter) == null);
    }
}
