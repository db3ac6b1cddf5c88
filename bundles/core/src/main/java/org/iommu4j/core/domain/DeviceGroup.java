package org.iommu4j.core.domain;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.iommu4j.api.Device;
import org.iommu4j.api.Domain;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.ReservedRegion;
import org.iommu4j.api.machine.DmaMaster;
import org.iommu4j.core.unit.Binding;
import org.iommu4j.core.unit.Seat;
import org.iommu4j.core.unit.Units;

/** A group, the domain it is in and who owns it. These change under {@link #changing()} and inside the gate. */
final class DeviceGroup implements IommuGroup {
    private final Units units;
    private final int id;
    private final List<Device> devices;
    private final List<? extends DmaMaster> masters;
    private final List<Requester> requesters;
    private final List<ReservedRegion> reserved;
    private final List<String> reasons;
    private final ReentrantLock changing = new ReentrantLock();
    private volatile DomainHandle domain;
    private volatile DomainHandle defaultDomain;
    private volatile String owner;
    private volatile int claims;
    private boolean stopped;

    /** @param blocked the domain that it is in at first */
    DeviceGroup(Units units, int id, List<Device> devices, List<? extends DmaMaster> masters,
            List<Requester> requesters, List<ReservedRegion> reserved, List<String> reasons, DomainHandle blocked) {
        this.units = units;
        this.id = id;
        this.devices = List.copyOf(devices);
        this.masters = List.copyOf(masters);
        this.requesters = List.copyOf(requesters);
        this.reserved = reserved.stream().distinct().sorted().toList();
        this.reasons = List.copyOf(reasons);
        blocked.acquire();
        this.domain = blocked;
        this.defaultDomain = blocked;
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public List<Device> devices() {
        return devices;
    }

    @Override
    public DomainHandle domain() {
        return domain;
    }

    @Override
    public DomainHandle defaultDomain() {
        return defaultDomain;
    }

    @Override
    public List<ReservedRegion> reservedRegions() {
        return reserved;
    }

    @Override
    public List<String> reasons() {
        return reasons;
    }

    @Override
    public boolean isolatedMsi() {
        return units.inside("interrupt isolation of " + this, (binding, gather) -> isolatedMsi(binding));
    }

    /** As {@link #isolatedMsi()}, inside the gate. */
    boolean isolatedMsi(Binding binding) {
        return requesters.stream().map(Requester::seat).distinct()
                .allMatch(seat -> binding.unit(seat).capabilities().isolatedMsi());
    }

    /** All ids under which its devices' DMA may arrive, without repetition. */
    List<Requester> requesters() {
        return requesters;
    }

    /** The unit that its own domains are allocated on. */
    Seat home() {
        return requesters.get(0).seat();
    }

    /** Held while domain or owner change, so that changes of one group are serialised. */
    ReentrantLock changing() {
        return changing;
    }

    void domain(DomainHandle next) {
        domain = next;
    }

    void defaultDomain(DomainHandle next) {
        defaultDomain = next;
    }

    /** Null while nobody has claimed it. */
    String owner() {
        return owner;
    }

    int claims() {
        return claims;
    }

    void claimed(String by, int count) {
        owner = count == 0 ? null : by;
        claims = count;
    }

    /** True if firmware wants regions mapped one to one for good. */
    boolean needsDirect() {
        return reserved.stream().anyMatch(region -> region.kind() == ReservedRegion.Kind.DIRECT);
    }

    boolean inClientsDomain(Domain blocked) {
        return domain != defaultDomain && domain != blocked;
    }

    /** Stops the devices at their source, because they could not be put back where they were. */
    void stop() {
        stopped = true;
        masters.forEach(master -> master.enable(false));
    }

    /** After a change of domain that succeeded: undoes {@link #stop}. */
    void resume() {
        if (stopped) {
            stopped = false;
            masters.forEach(master -> master.enable(true));
        }
    }

    @Override
    public String toString() {
        return "group " + id;
    }
}
