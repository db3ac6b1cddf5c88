package org.iommu4j.api;

import java.util.List;
import java.util.Set;
import org.iommu4j.api.driver.AttachMethod;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Devices, groups and the domains they are in, of one machine: what Linux's {@code iommu_ops} and its group functions
 * are to a kernel driver. One service a machine, property {@code machine}; it stays registered across driver and
 * model swaps. Safe for use by any thread; changes of one group are serialised, those of different groups run in
 * parallel. While a unit is handed over, calls wait; once no driver has been in charge for the bound that core's
 * configuration gives, they throw {@link Reason#DRIVER_GONE}.
 */
@ProviderType
public interface IommuOps {
    String machine();

    /** All translated devices, sorted by address. */
    List<Device> devices();

    /** @throws IommuException {@link Reason#NO_DEVICE} */
    Device device(PciAddress address);

    /** All groups, by id. */
    List<IommuGroup> groups();

    /** The domain that refuses everything; the same handle for all devices of the machine. */
    Domain blocked();

    /** The domain in which IOVA equals PA; the same handle for all devices of the machine. */
    Domain identity();

    /**
     * An empty paging domain that fits the unit of a group. It may be attached to any group whose unit it fits.
     *
     * @throws IommuException {@link Reason#NO_MEMORY}, {@link Reason#NO_SPACE}
     */
    default Domain allocate(IommuGroup group) {
        return allocate(group, Set.of());
    }

    /**
     * As {@link #allocate(IommuGroup)}.
     *
     * @param flags what the domain must be able to do
     * @throws IommuException {@link Reason#NOT_SUPPORTED} if the group's unit cannot do that, {@link Reason#NO_MEMORY},
     * {@link Reason#NO_SPACE}
     */
    Domain allocate(IommuGroup group, Set<DomainFlag> flags);

    /**
     * Ends a paging domain's life, with all its mappings.
     *
     * @throws IommuException {@link Reason#BUSY} while a group is in it, {@link Reason#INCOMPATIBLE} if it is not a
     * domain from {@link #allocate}
     */
    void free(Domain domain);

    /**
     * Puts a group that is in its default or in the blocked domain into another. All devices or none.
     *
     * @throws IommuException {@link Reason#BUSY} if a client has attached a domain already (use {@link #replace}),
     * {@link Reason#INCOMPATIBLE} if the domain does not fit the group's unit or a region that firmware wants mapped
     */
    void attach(IommuGroup group, Domain domain);

    /**
     * Changes a group from the domain it is in to another, while its devices do DMA: each transaction is translated
     * by the old or by the new domain, never by neither. When it returns, the old domain is no longer in force. All
     * devices or none.
     *
     * @return how the change was made
     * @throws IommuException as {@link #attach}, but never {@link Reason#BUSY} for an attached domain
     */
    AttachMethod replace(IommuGroup group, Domain domain);

    /** Gives a group back to its default domain, or to the blocked one while it is claimed. Cannot fail on its own. */
    void detach(IommuGroup group);

    /**
     * Changes the type of a group's default domain and moves the group there if it is in its default domain.
     *
     * <table>
     * <caption>Changes, and what they need</caption>
     * <tr><th>from, to</th><th>DMA</th><th>DMA_FQ</th><th>IDENTITY</th></tr>
     * <tr><th>DMA</th><td>nothing to do</td><td>the same domain, always</td><td>a new domain, unused</td></tr>
     * <tr><th>DMA_FQ</th><td>a new domain, unused</td><td>nothing to do</td><td>a new domain, unused</td></tr>
     * <tr><th>IDENTITY</th><td>a new domain, unused</td><td>a new domain, unused</td><td>nothing to do</td></tr>
     * </table>
     * <em>Always</em>: also while the group is claimed, in a client's domain, or its mappings are in use; those stay
     * where they are. <em>Unused</em>: the group is in its default domain, nobody has claimed it, and nothing is mapped
     * through {@link org.iommu4j.api.dma.DmaOps}; what waits for its flush is flushed first. In an identity domain
     * mappings are counted all the same. The rules are those of Linux's {@code type} in sysfs, where a bound driver
     * stands for what is mapped here.
     *
     * @param type {@link DomainType#DMA}, {@link DomainType#DMA_FQ} or {@link DomainType#IDENTITY}
     * @throws IommuException {@link Reason#INCOMPATIBLE}, {@link Reason#BUSY} while the group is claimed, in a
     * client's domain, or has mappings of {@link org.iommu4j.api.dma.DmaOps} that a new domain would lose
     */
    void defaultType(IommuGroup group, DomainType type);

    /**
     * Takes a group for user-controlled DMA: it moves to the blocked domain until its owner attaches another. Claims
     * of the same owner are counted.
     *
     * @param owner compared with {@code equals}
     * @throws IommuException {@link Reason#NOT_OWNER} if another owner has it, {@link Reason#BUSY} if it is not in its
     * default domain, has mappings of {@link org.iommu4j.api.dma.DmaOps} or a region that firmware wants mapped always,
     * {@link Reason#NOT_SUPPORTED} if its interrupts are not isolated ({@link IommuGroup#isolatedMsi}) and core's
     * configuration does not allow that
     */
    void claim(IommuGroup group, String owner);

    /**
     * Undoes one {@link #claim}; the last one gives the group back to its default domain.
     *
     * @throws IommuException {@link Reason#NOT_OWNER}
     */
    void release(IommuGroup group, String owner);
}
