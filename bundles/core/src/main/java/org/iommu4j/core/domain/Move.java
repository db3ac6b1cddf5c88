package org.iommu4j.core.domain;

import java.util.ArrayList;
import java.util.List;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.core.unit.Binding;
import org.iommu4j.core.unit.DriverError;

/**
 * Changes the domain of a group for all its requesters or for none. Used inside the gate, or while it is closed, under
 * the group's lock.
 */
final class Move {
    private final Domains domains;
    private final Doorbell doorbell;

    Move(Domains domains, Doorbell doorbell) {
        this.domains = domains;
        this.doorbell = doorbell;
    }

    /**
     * Moves the group.
     *
     * @return the most intrusive method of all requesters
     * @throws IommuException what the driver threw; the group is in its former domain, and its devices are
     * stopped if the driver refused even that
     */
    AttachMethod to(DomainHandle target, DeviceGroup group, Binding binding) {
        DomainHandle former = group.domain();
        if (target == former) {
            return AttachMethod.NONE;
        }
        target.acquire();
        try {
            AttachMethod method = attachAll(target, former, group, binding);
            group.domain(target);
            former.release();
            group.resume();
            return method;
        } catch (IommuException e) {
            target.release();
            throw e;
        }
    }

    /** Puts all requesters into the domain that the group is in already, after its units were started from off. */
    void again(DeviceGroup group, Binding binding) {
        attachAll(group.domain(), domains.blocked(), group, binding);
    }

    /** The group's requesters are blocked by a unit that was started from off, and stay so. */
    void abandon(DeviceGroup group) {
        DomainHandle former = group.domain();
        if (former != domains.blocked()) {
            domains.blocked().acquire();
            group.domain(domains.blocked());
            former.release();
        }
    }

    private AttachMethod attachAll(DomainHandle target, DomainHandle former, DeviceGroup group, Binding binding) {
        mapDoorbell(target, group, binding);
        List<Requester> done = new ArrayList<>();
        AttachMethod method = AttachMethod.NONE;
        for (Requester requester : group.requesters()) {
            try {
                method = moreIntrusive(method, attach(requester, target, binding));
                done.add(requester);
            } catch (Throwable thrown) {
                String where = String.format("attach of requester %#x of %s to %s", requester.id(), group, target);
                IommuException failure = DriverError.text(thrown, where);
                for (int i = done.size() - 1; i >= 0; i--) {
                    goBack(done.get(i), former, group, binding);
                }
                throw failure;
            }
        }
        return method;
    }

    private void mapDoorbell(DomainHandle target, DeviceGroup group, Binding binding) {
        try {
            doorbell.map(target, group, binding);
        } catch (Throwable thrown) {
            throw DriverError.text(thrown, "interrupt messages of " + group);
        }
    }

    private static AttachMethod attach(Requester requester, DomainHandle target, Binding binding) {
        synchronized (requester.seat().turn()) {
            AttachMethod method = binding.unit(requester.seat()).attach(requester.id(),
                    target.object(binding, requester.seat()));
            if (method == null) {
                throw IommuException.of(Reason.IO, "the driver did not say how it attached requester %#x",
                        requester.id());
            }
            return method;
        }
    }

    private void goBack(Requester requester, DomainHandle former, DeviceGroup group, Binding binding) {
        try {
            attach(requester, former, binding);
        } catch (Throwable thrown) {
            String text = DriverError.text(thrown, "way back of " + group).getMessage();
            group.stop();
            requester.seat().why().add("requester %#x of %s could not go back to %s: %s; its devices are stopped",
                    requester.id(), group, former, text);
        }
    }

    private static AttachMethod moreIntrusive(AttachMethod one, AttachMethod other) {
        if (one == AttachMethod.NONE || other == AttachMethod.NONE) {
            return one == AttachMethod.NONE ? other : one;
        }
        return one.compareTo(other) >= 0 ? one : other;
    }
}
