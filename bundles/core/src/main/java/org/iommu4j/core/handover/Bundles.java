package org.iommu4j.core.handover;

import java.nio.file.Path;

/** What a swap needs of the framework. All methods throw {@link org.iommu4j.api.IommuException}. */
public interface Bundles {
    /**
     * Installs a jar beside what is there, to take the place of another bundle.
     *
     * @param predecessor bundle id of the one whose place it takes
     * @return its bundle id
     * @throws org.iommu4j.api.IommuException BAD_INPUT if it is no bundle
     */
    long install(Path jar, long predecessor);

    /** @throws org.iommu4j.api.IommuException BAD_INPUT if it does not resolve or start */
    void start(long bundle);

    /** @throws org.iommu4j.api.IommuException IO */
    void uninstall(long bundle);
}
