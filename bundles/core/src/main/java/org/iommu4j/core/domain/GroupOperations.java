package org.iommu4j.core.domain;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.iommu4j.api.Device;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.DomainType;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.IommuOps;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.core.dma.DmaOperations;
import org.iommu4j.core.unit.Binding;
import org.iommu4j.core.unit.Units;

/**
 * The rules of groups, as Linux has them: who may be put where. Each change holds the group's lock, then enters the
 * gate; so a change sees one driver from its first call to its last.
 */
final class GroupOperations implements IommuOps {
    private final Units units;
    private final Domains domains;
    private final Move move;
    private final DefaultDomains defaults;
    private final DmaOperations dma;
    private final List<Device> devices;
    private final List<DeviceGroup> groups;
    private final boolean allowUnsafeInterrupts;

    GroupOperations(Units units, Domains domains, Move move, DefaultDomains defaults, DmaOperations dma,
            List<Device> devices, List<DeviceGroup> groups, boolean allowUnsafeInterrupts) {
        this.units = units;
        this.domains = domains;
        this.move = move;
        this.defaults = defaults;
        this.dma = dma;
        this.devices = List.copyOf(devices);
        this.groups = List.copyOf(groups);
        this.allowUnsafeInterrupts = allowUnsafeInterrupts;
    }

    @Override
    public String machine() {
        return domains.machine();
    }

    @Override
    public List<Device> devices() {
        return devices;
    }

    @Override
    public Device device(PciAddress address) {
        return devices.stream().filter(device -> device.address().equals(address)).findFirst().orElseThrow(
                () -> IommuException.of(Reason.NO_DEVICE, "machine %s translates no device %s", machine(), address));
    }

    @Override
    public List<IommuGroup> groups() {
        return List.copyOf(groups);
    }

    @Override
    public Domain blocked() {
        return domains.blocked();
    }

    @Override
    public Domain identity() {
        return domains.identity();
    }

    @Override
    public Domain allocate(IommuGroup group, Set<DomainFlag> flags) {
        DeviceGroup known = known(group);
        Set<DomainFlag> wanted = Set.copyOf(flags);
        return units.inside("allocate for " + known,
                (binding, gather) -> domains.allocate(binding, known.home(), DomainType.PAGING, wanted));
    }

    @Override
    public void free(Domain domain) {
        DomainHandle handle = domains.handle(domain);
        if (handle.type() != DomainType.PAGING) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s is of type %s: only allocated domains are freed", handle,
                    handle.type());
        }
        units.inside("free of " + handle, (binding, gather) -> {
            domains.free(binding, handle);
            return null;
        });
    }

    @Override
    public void attach(IommuGroup group, Domain domain) {
        DeviceGroup known = known(group);
        DomainHandle target = domains.handle(domain);
        change(known, "attach", (binding, gather) -> {
            if (known.inClientsDomain(domains.blocked())) {
                throw IommuException.of(Reason.BUSY, "%s is in %s already: replace or detach it", known,
                        known.domain());
            }
            checkFits(target, known, binding);
            return move.to(target, known, binding);
        });
    }

    @Override
    public AttachMethod replace(IommuGroup group, Domain domain) {
        DeviceGroup known = known(group);
        DomainHandle target = domains.handle(domain);
        return change(known, "replace", (binding, gather) -> {
            checkFits(target, known, binding);
            return move.to(target, known, binding);
        });
    }

    @Override
    public void detach(IommuGroup group) {
        DeviceGroup known = known(group);
        change(known, "detach", (binding, gather) -> move.to(
                known.owner() != null ? domains.blocked() : known.defaultDomain(), known, binding));
    }

    @Override
    public void defaultType(IommuGroup group, DomainType type) {
        DeviceGroup known = known(group);
        if (!type.isDma() && type != DomainType.IDENTITY) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s is no type of a default domain: DMA, DMA_FQ and IDENTITY "
                    + "are", type);
        }
        if (known.defaultDomain().type() == type) {
            return;
        }
        if (becameLazy(known, type)) {
            units.inside("new type of the default domain of " + known, (binding, gather) -> null);
            return;
        }
        changeUnused(known, "change of the default domain", (binding, gather) -> {
            if (known.owner() != null || known.inClientsDomain(domains.blocked())) {
                throw IommuException.of(Reason.BUSY, "%s is in %s, owner %s", known, known.domain(), known.owner());
            }
            DomainHandle former = known.defaultDomain();
            if (former.type() == type) {
                return null;
            }
            DomainHandle next = defaults.make(known, type, binding, gather);
            if (known.domain() == former) {
                moveOrDrop(next, known, binding);
            }
            known.defaultDomain(next);
            defaults.drop(former, binding);
            return null;
        });
    }

    @Override
    public void claim(IommuGroup group, String owner) {
        DeviceGroup known = known(group);
        Objects.requireNonNull(owner, "owner");
        changeUnused(known, "claim", (binding, gather) -> {
            if (known.owner() == null) {
                checkFree(known);
                checkInterrupts(known, binding);
                move.to(domains.blocked(), known, binding);
            } else if (!known.owner().equals(owner)) {
                throw IommuException.of(Reason.NOT_OWNER, "%s belongs to %s, not to %s", known, known.owner(), owner);
            }
            known.claimed(owner, known.claims() + 1);
            return null;
        });
    }

    @Override
    public void release(IommuGroup group, String owner) {
        DeviceGroup known = known(group);
        change(known, "release", (binding, gather) -> {
            if (known.owner() == null || !known.owner().equals(owner)) {
                throw IommuException.of(Reason.NOT_OWNER, "%s belongs to %s, not to %s", known, known.owner(), owner);
            }
            if (known.claims() == 1) {
                move.to(known.defaultDomain(), known, binding);
            }
            known.claimed(owner, known.claims() - 1);
            return null;
        });
    }

    private <T> T change(DeviceGroup group, String verb, Units.Inside<T> work) {
        group.changing().lock();
        try {
            return units.inside(verb + " of " + group, work);
        } finally {
            group.changing().unlock();
        }
    }

    /** The one change that a domain in use can make: its mappings stay where they are. */
    private static boolean becameLazy(DeviceGroup group, DomainType type) {
        group.changing().lock();
        try {
            boolean changes = type == DomainType.DMA_FQ && group.defaultDomain().type() == DomainType.DMA;
            if (changes) {
                group.defaultDomain().becomeLazy();
            }
            return changes;
        } finally {
            group.changing().unlock();
        }
    }

    /** As {@link #change}, of a group that is not claimed only if nothing is mapped in its default domain. */
    private <T> void changeUnused(DeviceGroup group, String verb, Units.Inside<T> work) {
        group.changing().lock();
        try {
            checkUnused(group);
            change(group, verb, work);
        } finally {
            group.changing().unlock();
        }
    }

    /** Not inside the gate: what waits for its invalidation is flushed. */
    private void checkUnused(DeviceGroup group) {
        long inUse = group.owner() == null ? dma.inUse(group) : 0;
        if (inUse != 0) {
            throw IommuException.of(Reason.BUSY, "%s has %d bytes mapped for DMA in its default domain %s", group,
                    inUse, group.defaultDomain());
        }
    }

    private void checkFree(DeviceGroup group) {
        if (group.domain() != group.defaultDomain()) {
            throw IommuException.of(Reason.BUSY, "%s is in %s, not in its default domain", group, group.domain());
        }
        if (group.needsDirect()) {
            throw IommuException.of(Reason.BUSY, "%s has a region that firmware wants mapped always: %s", group,
                    group.reservedRegions());
        }
    }

    private void checkInterrupts(DeviceGroup group, Binding binding) {
        if (!allowUnsafeInterrupts && !group.isolatedMsi(binding)) {
            throw IommuException.of(Reason.NOT_SUPPORTED, "%s: its devices can raise any interrupt, because no unit "
                    + "remaps them; allow_unsafe_interrupts in core's configuration allows that", group);
        }
    }

    private static void checkFits(DomainHandle target, DeviceGroup group, Binding binding) {
        if (target.type().isDma() && target != group.defaultDomain()) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s is the default domain of another group than %s", target,
                    group);
        }
        boolean mapped = target.type() == DomainType.IDENTITY
                || target.hasTable() && DefaultDomains.coversDirect(target, group, binding);
        if (group.needsDirect() && !mapped) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s does not map one to one what firmware wants mapped for "
                    + "%s: %s", target, group, group.reservedRegions());
        }
    }

    private void moveOrDrop(DomainHandle next, DeviceGroup group, Binding binding) {
        try {
            move.to(next, group, binding);
        } catch (IommuException e) {
            defaults.drop(next, binding);
            throw e;
        }
    }

    private DeviceGroup known(IommuGroup group) {
        if (group instanceof DeviceGroup known && groups.contains(known)) {
            return known;
        }
        throw IommuException.of(Reason.NO_DEVICE, "%s is no group of machine %s", group, machine());
    }
}
