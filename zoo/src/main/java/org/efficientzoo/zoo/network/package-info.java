/** The networks: one class a family, each a table of its variants and a builder. */
package org.efficientzoo.zoo.network;
